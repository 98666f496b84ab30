# make run   sets everything up, shows what is watched, starts the service (Ctrl-C ends it)
# make test  sets everything up and runs every test
# make soak  kills senders for half an hour and counts what arrived; needs PostgreSQL on 127.0.0.1
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test lint types contracts wheel bench soak clean

run: $(VENV)/.run-installed
	$(BIN)/gkbot show
	$(BIN)/gkbot serve

test: $(VENV)/.dev-installed
	$(BIN)/python -m pytest -n auto --dist worksteal $(PYTEST_ARGS)

lint: $(VENV)/.dev-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev-installed
	$(BIN)/mypy

contracts: $(VENV)/.dev-installed
	$(BIN)/lint-imports

wheel: $(VENV)/.dev-installed
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .

bench: $(VENV)/.dev-installed
	$(BIN)/python -m benchmarks

soak: $(VENV)/.dev-installed
	$(BIN)/python -m tests.soak --write docs/soak.md

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "gkbot needs Python 3.11 or newer / 需要 Python 3.11 或更高版本（可用 make PYTHON=python3.12 指定）" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run-installed: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev-installed: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements/dev.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@
