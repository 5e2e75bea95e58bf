# Three commands matter: make demo, make check and make test. They need nothing but Python 3.11 to 3.13 and make.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

.DEFAULT_GOAL := help

# Bytecode is kept, so that each process that the tests start need not compile everything again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install demo check test lint format transcripts picture gallery bench lock clean

help:  ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(INSTALLED)  ## install what it needs, and Liaison itself, into .venv

demo: $(INSTALLED)  ## show the whole product in a local workspace, with a sample portfolio
	@$(BIN)/liaison demo

check: $(INSTALLED) lint  ## every check, and every test once, the long ones in a small form: in minutes, before a commit
	@$(BIN)/python -m pytest --numprocesses auto --once

test: $(INSTALLED) lint  ## every check and every test, on both databases and over both ways in: what CI runs
	@$(BIN)/python -m pytest --numprocesses auto

lint: $(INSTALLED)  ## linter, formatter check, strict types, import contracts
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(INSTALLED)  ## put the code in its format
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

transcripts: $(INSTALLED)  ## write anew what people read (tests/unit/transcripts), and say what has changed
	@$(BIN)/python -m tests.unit.transcripts

picture: $(INSTALLED)  ## take the README's picture of the page anew
	@$(BIN)/python -m pytest --quiet tests/browser -k summary
	@cp artefacts/summary.png workspace/page.png

gallery: $(INSTALLED)  ## draw every message and form as people see it, into artefacts/gallery
	@$(BIN)/python -m tests.gallery

bench: $(INSTALLED)  ## measure, as ratios within one run
	@$(BIN)/python -m benchmarks

lock:  ## write the lock file anew from pyproject.toml (needs uv)
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --extra dev --output-file requirements.lock pyproject.toml

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Liaison needs Python 3.11, 3.12 or 3.13: try make PYTHON=python3.12" if not (3, 11) <= sys.version_info < (3, 14) else 0)'
	@echo "Installing into .venv (about a minute, once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

clean:  ## remove what was installed and made
	rm -rf .venv .demo artefacts
