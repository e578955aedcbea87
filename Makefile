# make run: the platform with a demonstration on this machine. make test: every test. Both set everything up first.
#   HOST PORT DATA CLOCK DATABASE_URL REDIS_URL are read by `make run`; FAST=1 by `make test`; ONLY="F2 F3" by `make prove`.

.DEFAULT_GOAL := help
.PHONY: help setup run test prove mutants storm backup restore check format pictures race-votes bench clean
# One line of a recipe after the other, and the first that fails ends it.
.NOTPARALLEL:
# Some machines' Pythons are told to keep no bytecode: each of a run's many processes would compile 2,700 modules anew (6 s of a processor).
unexport PYTHONDONTWRITEBYTECODE

PY := .venv/bin/python
PYTEST := $(PY) -m pytest -n 2 --dist loadscope --no-loadscope-reorder --durations=30

help:
	@echo 'make run     老旧小区改造管理平台：http://127.0.0.1:8000/ (HOST, PORT, DATA, CLOCK)'
	@echo 'make test    all tests on SQLite, then on PostgreSQL what the database itself decides (WHOLE=1: all there too; FAST=1: SQLite only, nothing slow)'
	@echo 'make prove   every promise attacked, raced, killed and restored on both databases, with a table of what held (ONLY="F2 F3")'
	@echo 'make mutants  small faults in every rule, the tally and the ledger: do the tests notice? goes on where it stopped (JOBS=2, PURE=1)'
	@echo 'make storm    5,000 payments and 500 reversals by real processes on PostgreSQL, with figures (minutes)'
	@echo 'make check   style, types, imports, templates, settings'
	@echo 'make format  ruff format and sorted imports'
	@echo 'make pictures  docs/pictures anew, from a demonstration of its own (needs Chromium)'
	@echo 'make race-votes  10,000 ballots by two channels and 1,000 against the close, by real processes on PostgreSQL'
	@echo 'make bench   how fast, as ratios against plain SQL on PostgreSQL; writes the table of docs/performance.md'
	@echo 'make backup  everything in one file (DATA, or DATABASE_URL; TO=folder, default DATA/backups)'
	@echo 'make restore FILE=…  that file to an empty platform, counted, hashed and verified there'
	@echo 'make setup   .venv and static/vendor;  make clean  removes both (never DATA)'

setup: .venv/.ready

.venv/.ready: pyproject.toml uv.lock package.json package-lock.json renovation/frontend.py tools/setup.sh
	@tools/setup.sh

run: setup
	@$(PY) -m renovation.launcher --with-parent

ifeq ($(FAST),1)
test: setup
	@$(PYTEST) -m "not slow and not browser and not processes and not postgres and not prove"
else
test: setup
	@$(PYTEST) -m "not postgres and not prove"
	@WHOLE=$(WHOLE) $(PY) -m tests.postgres $(PYTEST) -m "(postgres or not (browser or processes)) and not prove"
endif

prove: setup
	@$(PY) -m tests.prove $(ONLY)

mutants: setup
	@nice -n 19 $(PY) -m tests.prove.mutants

storm: setup
	@DJANGO_SETTINGS_MODULE=tests.settings $(PY) -m tests.postgres $(PY) -c 'import django; django.setup(); from tests.trust.storm import main; raise SystemExit(main())'

check: setup
	@$(PY) -m ruff check --quiet .
	@$(PY) -m ruff format --check --quiet . || { echo "not formatted: make format"; exit 1; }
	@.venv/bin/lint-imports --no-logo
	@$(PY) -m mypy
	@$(PY) -m djlint templates --lint --quiet
	@DATA=$$(mktemp -d) $(PY) manage.py check --fail-level WARNING
	@DATA=$$(mktemp -d) $(PY) manage.py makemigrations --check --dry-run
	@$(PYTEST) -q -n 0 tests/house/test_repository.py

format: setup
	@$(PY) -m ruff check --quiet --fix --select I .
	@$(PY) -m ruff format --quiet .

pictures: setup
	@$(PY) -m tests.faces.pictures

race-votes: setup
	@RACE=full $(PY) -m tests.postgres $(PY) -m pytest -q -s -n 0 tests/trust/test_vote_races.py

bench: setup
	@$(PY) -m tests.postgres $(PY) -m bench --write

backup: setup
	@$(PY) manage.py backup $(TO)

restore: setup
	@test -n "$(FILE)" || { echo "which backup? make restore FILE=var/backups/….tar"; exit 1; }
	@$(PY) manage.py restore $(FILE)

clean:
	rm -rf .venv .uv node_modules static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
