# Three commands matter: make demo, make check and make test. They need nothing but Python 3.11 to 3.14 and make.
FITS := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 15))
# The newest Python that fits. Each is run: a name may stand for a Python that is not there, or lacks what makes a venv.
PYTHON ?= $(shell for python in python3.14 python3.13 python3.12 python3.11 python3; do \
  $$python -c '$(FITS)' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
INSTALLED := .venv/.installed

.DEFAULT_GOAL := help

# Bytecode is kept, so that each process that the tests start need not compile everything again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install demo check test lint format transcripts picture gallery bench bench-quick soak lock sbom clean

help:  ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 13

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

bench: $(INSTALLED)  ## measure, as ratios within one run, and end with a table of the goals
	@$(BIN)/python -m benchmarks

bench-quick: $(INSTALLED)  ## the same in a small form: whether it works
	@$(BIN)/python -m benchmarks --quick

soak: $(INSTALLED)  ## attack the bot as it runs, for some minutes: kills, Slack away, forgeries, huge bodies, locks
	@$(BIN)/python -m tests.soak $(if $(SEED),--seed $(SEED))

# What lists packages is installed by itself: openpyxl would read files with libraries that it brings.
SBOM_TOOL := cyclonedx-bom>=7
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

lock:  ## write the lock files anew from pyproject.toml, that for running with the versions that are tested (needs uv)
	@$(COMPILE) --extra dev --output-file requirements-dev.lock pyproject.toml
	@$(COMPILE) --constraint requirements-dev.lock --output-file requirements.lock pyproject.toml
	@echo '$(SBOM_TOOL)' | $(COMPILE) --output-file requirements-sbom.lock -

sbom: $(INSTALLED)  ## list what a production install is made of, into artefacts/sbom.json (CycloneDX)
	@$(BIN)/python -m venv artefacts/sbom
	@artefacts/sbom/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-sbom.lock
	@artefacts/sbom/bin/python -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml --output-reproducible --output-file artefacts/sbom.json requirements.lock

$(INSTALLED): requirements-dev.lock pyproject.toml
	@$(or $(PYTHON),false) -c '$(FITS)' || { \
	  echo "Liaison needs Python 3.11, 3.12, 3.13 or 3.14 with its venv module: install one, or name it, as in make PYTHON=python3.12" >&2; exit 1; }
	@echo "Installing into .venv (about a minute, once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

clean:  ## remove what was installed and made
	rm -rf .venv .demo artefacts
