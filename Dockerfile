# One image for web, worker, beat and migrate; see docker-compose.yml.

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY pyproject.toml uv.lock package.json package-lock.json .npmrc ./
RUN pip install --no-cache-dir 'uv>=0.9' \
 && UV_PROJECT_ENVIRONMENT=/app/.venv UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy uv sync --frozen --no-dev --no-cache
COPY . .
# Front-end files from npm, then the hashed and compressed static files; no secret is needed for either.
RUN .venv/bin/python -m renovation.frontend \
 && rm -rf node_modules \
 && DATA=/tmp/build SECRET_KEY=only-while-the-image-is-built STATIC_ROOT=/app/staticfiles \
    .venv/bin/python manage.py collectstatic --no-input --verbosity 0 --ignore 'NotoSansSC-*' \
 && .venv/bin/python -m compileall -q -j 0 -x '/(tests|node_modules)/' .

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin renovation \
 && install -d -o renovation -g renovation /data
COPY --from=build /app /app
WORKDIR /app
USER renovation
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PRODUCTION=1 DATA=/data STATIC_ROOT=/app/staticfiles PORT=8000
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-m", "renovation.probe", "/healthz"]
# Every start asks the database's own checks first (triggers in place), then serves.
CMD ["sh", "-c", "python manage.py check --database default && exec gunicorn renovation.wsgi --bind 0.0.0.0:$PORT --workers ${WEB_WORKERS:-3} --preload --timeout 60 --worker-tmp-dir /dev/shm --no-control-socket"]
