#!/usr/bin/env bash
# The environment from nothing: uv into .uv/, locked packages into .venv/, front-end files into static/vendor/. Needs Python ≥ 3.11 only.
# Mirrors: pip's and uv's own settings are honoured (PIP_INDEX_URL, UV_DEFAULT_INDEX, pip.conf, …); no host is written anywhere.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

find_python() {
  local candidate
  for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3.14 python3 python; do
    if "$candidate" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      command -v "$candidate"
      return
    fi
  done
  say "需要 Python 3.11 或更高版本（Python 3.11 or newer is needed; set PYTHON=/path/to/python3）"
  exit 1
}

# pip's settings as uv reads them, where uv has none of its own.
mirrors() {
  local index
  index=$("$1" -m pip config get global.index-url 2>/dev/null || true)
  index=${PIP_INDEX_URL:-$index}
  if [ -n "$index" ] && [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then export UV_DEFAULT_INDEX=$index; fi
  if [ -n "${PIP_CERT:-}" ] && [ -z "${SSL_CERT_FILE:-}" ]; then export SSL_CERT_FILE=$PIP_CERT; fi
}

python=$(find_python)
mirrors "$python"
export UV_PROJECT_ENVIRONMENT=.venv UV_PYTHON_DOWNLOADS=never UV_PYTHON=$python UV_NO_PROGRESS=1

if ! .uv/bin/uv --version >/dev/null 2>&1; then
  rm -rf .uv
  "$python" -m venv .uv || { say "python3 -m venv does not work here (Debian: apt-get install python3-venv)"; exit 1; }
  .uv/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'
fi

# The lock names files of the public registry; where only a mirror can be reached, the same versions and hashes come from there.
if ! .uv/bin/uv sync --frozen --quiet; then
  say "uv sync did not reach the public registry; trying the index of this machine's settings"
  [ -x .venv/bin/python ] || .uv/bin/uv venv --quiet .venv
  .uv/bin/uv export --frozen --quiet --all-groups --output-file .uv/requirements.txt >/dev/null
  .uv/bin/uv pip sync --quiet --require-hashes --python .venv/bin/python .uv/requirements.txt
fi

.venv/bin/python -m renovation.frontend
touch .venv/.ready
