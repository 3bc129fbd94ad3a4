# Everything starts from a clean clone: each goal makes .venv and installs what it needs, by hash.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test lint types contracts format lock bench clean

demo: .venv/run
	@$(BIN)/ehcp-flow demo
	@echo "(ehcp-flow is found once you have said: . $(CURDIR)/$(BIN)/activate)"

test: lint types contracts
	$(BIN)/pytest -n 2

lint: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/dev
	$(BIN)/mypy
	$(BIN)/basedpyright

contracts: .venv/dev
	$(BIN)/lint-imports

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/dev
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.authorship
	$(BIN)/python -m benchmarks.cycles
	$(BIN)/python -m benchmarks.clocks

.venv/made:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "ehcp-flow needs Python 3.11 or newer: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	touch $@

.venv/run: .venv/made requirements.lock pyproject.toml
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

.venv/dev: .venv/run requirements-dev.lock
	$(PIP) --require-hashes -r requirements-dev.lock
	touch $@

# Versions and hashes, no addresses. Needs uv on the path; nothing else here does.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml
lock:
	$(LOCK) --group build -o requirements.lock
	$(LOCK) --group dev -o requirements-dev.lock

clean:
	rm -rf .venv build dist demo
