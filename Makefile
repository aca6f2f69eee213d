# Every target brings what it needs; only Python 3.11+, make and git are taken for granted.
PYTHON ?= python3
BIN := .venv/bin
BENCH_SIZES ?= 1000 10000
PIP := $(BIN)/pip install -q --disable-pip-version-check
# The style sheet holds only what these name.
STYLED := $(shell find templates/portal templates/static governance/portal scripts -name '*.html' -o -name '*.css' -o -name '*.js' -o -name '*.py')

.DEFAULT_GOAL := help
.PHONY: help demo up test check chaos bench recognition score-lineage assets lock

help:  ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/run: requirements.txt | $(BIN)/python
	@$(PIP) --require-hashes -r requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt | $(BIN)/python
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@ .venv/run

assets/.made: package.json package-lock.json $(STYLED) | .venv/run
	@$(BIN)/python -m scripts.assets
	@touch $@

assets: assets/.made  ## Bring the style sheets and scripts of the portal

demo: .venv/run assets/.made  ## Sample Hub, platform, verdicts and portal in one process (ONCE=1: end after)
	@$(BIN)/python -m governance.demo $(if $(ONCE),--once)

up: .venv/run assets/.made  ## Serve for real: web, worker and ticker (PORT, DATABASE_URL, REDIS_URL)
	@$(BIN)/python manage.py up

test: .venv/dev assets/.made  ## Every test, against real PostgreSQL, Redis, SMTP and browser
	@$(BIN)/python -m tests.servers.browser > /dev/null
	@$(BIN)/python -m tests.servers run -- $(BIN)/python -m tests

check: .venv/dev  ## Style, types, layers, migrations and settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python manage.py makemigrations --check --dry-run
	SITE_URL=https://modelsteward.example $(BIN)/python manage.py check --deploy --fail-level WARNING

chaos: .venv/dev  ## Break it on purpose and count what is lost (CHAOS_SECONDS, CHAOS_SEED, CHAOS_REPORT)
	@$(BIN)/python -m tests.chaos

bench: .venv/dev assets/.made  ## Speed, as JSON (ROWS="P1 P4", BENCH_SIZES="10000 100000")
	@$(BIN)/python -m benchmarks $(ROWS) --sizes $(BENCH_SIZES)

recognition: .venv/dev  ## Every known license text with every edit: no change passes for the same
	@EVERY_EDIT=1 $(BIN)/pytest tests/core/test_recognition.py

score-lineage: .venv/dev  ## How well license conflicts are found, over public disputes and real edges
	@$(BIN)/pytest -n 0 -q -s tests/lineage 2> /dev/null

lock: .venv/dev  ## Renew the locked, hashed requirements
	@$(PIP) uv
	@for name in requirements requirements-dev; do \
	  $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header $$name.in -o $$name.txt; done
