# Every target sets up what it needs. PYTHON may name another Python 3.11 or newer.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help setup chat ask check test test-all peers test-offline dist clean

help:
	@echo "make setup      a virtual environment in $(VENV) with everything in it"
	@echo "make chat       the chat page on http://127.0.0.1:7860"
	@echo "make ask Q=…    one question, answered in the terminal"
	@echo "make check      format, lint, types"
	@echo "make test       check, and every quick test"
	@echo "make test-all   the rest: browser, models, larger runs"
	@echo "make peers      the systems that bench speed measures against, into $(VENV)"
	@echo "make dist       sdist and wheel, checked, into dist/"
	@echo "make test-offline  make test, where there is no network but loopback (Linux)"

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, found " + sys.version.split()[0] + "; set PYTHON=" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

chat: setup
	$(BIN)/yinzheng chat

ask: setup
	@$(BIN)/yinzheng ask '$(subst ','\'',$(Q))'

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test: check
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-all: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "slow or browser or model"

peers: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,peers]'

test-offline: setup
	$(BIN)/python tests/loopback.py $(MAKE) test

dist: setup
	rm -rf dist
	$(BIN)/python -m build --no-isolation
	$(BIN)/twine check --strict dist/*

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
