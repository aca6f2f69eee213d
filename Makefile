# Every target brings what it needs; only Python 3.11+, make and git are taken for granted.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo up test check bench assets lock

help:  ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

.venv/run: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ .venv/run

assets/.made: package.json package-lock.json scripts/assets.py | .venv/run
	@$(BIN)/python -m scripts.assets
	@touch $@

assets: assets/.made  ## Bring the style sheets and scripts of the portal

demo: .venv/run assets/.made  ## Sample Hub, platform, verdicts and portal in one process (ONCE=1: end after)
	@$(BIN)/python -m governance.demo $(if $(ONCE),--once)

up: .venv/run assets/.made  ## Serve for real: web, worker and ticker (PORT, DATABASE_URL, REDIS_URL)
	@$(BIN)/python manage.py up

test: .venv/dev assets/.made  ## Every test, against real PostgreSQL, Redis, SMTP and browser
	@$(BIN)/python -m tests.servers.browser
	@$(BIN)/python -m tests.servers run -- $(BIN)/python -m tests

check: .venv/dev  ## Style, types, layers, migrations and settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python manage.py makemigrations --check --dry-run
	SITE_URL=https://modelsteward.example $(BIN)/python manage.py check --deploy --fail-level WARNING

bench: .venv/dev  ## Speed, as JSON
	@for file in benchmarks/*.py; do $(BIN)/python -m benchmarks.$$(basename $$file .py) || exit 1; done

lock: .venv/dev  ## Renew the locked, hashed requirements
	@$(BIN)/pip install -q uv
	for name in requirements requirements-dev; do \
	  $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header $$name.in -o $$name.txt; done
