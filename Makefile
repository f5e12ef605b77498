# make run       the system on sandbox networks, with everything it needs   (Ctrl-C ends it)
# make test      all tests, with everything they need
# make check     format, lint, types, imports, migrations
# make golden    write the golden files anew; review the difference
# make soak      what takes long: every pair of kills, then a million simulated schedules (or COUNT=…)
# make bench     measure what benchmarks/ measures
# make lock      resolve the dependencies anew
# make clean     remove what make install, make servers and the tools made
# make install and make servers are the set-up steps of the above on their own.

PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/python -m
# The lock files are complete, so pip need not look for dependencies.
PIP := $(RUN) pip install -qq --disable-pip-version-check --no-deps

.PHONY: help install develop servers run test soak check golden bench lock clean

help:
	@sed -n '/^$$/q; s/^# //p' Makefile

install: .venv/.installed

.venv/.made: # an empty environment, made once
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: install it, or name one with make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv is missing: install it (on Debian: apt-get install python3-venv)" >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.installed: requirements.lock pyproject.toml | .venv/.made
	@echo "Installing what the Distributor stands on …"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-build-isolation --editable .
	@touch $@

develop: .venv/.developing

.venv/.developing: requirements-dev.lock .venv/.installed
	@echo "Installing the tools for tests and checks …"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

servers:
	@tests/servers/install.sh

run: install
	$(BIN)/distributor demo

# The tests start the program thousands of times: let Python keep what it compiled.
test soak: export PYTHONDONTWRITEBYTECODE :=

test: develop servers
	$(RUN) pytest -n 2 --dist loadgroup

soak: COUNT ?= 1000000
soak: develop servers
	$(RUN) pytest -n 2 --dist loadgroup -m soak
	$(RUN) tests.simulator.soak $(COUNT)

check: develop
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	$(BIN)/lint-imports
	DJANGO_SETTINGS_MODULE=tests.settings $(RUN) django makemigrations --check --dry-run

golden: develop
	GOLDEN=1 $(RUN) pytest -q -k golden

bench: install
	for each in benchmarks/*.py; do $(BIN)/python $$each || exit 1; done

# The second file repeats the first one's choices, so that installing it on top changes nothing.
lock: LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url pyproject.toml
lock: develop
	$(LOCK) --upgrade --group build --output-file requirements.lock
	$(LOCK) --upgrade --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf .venv dist tests/servers/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
