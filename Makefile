# Everything that is done here, by name. `make` alone lists it.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.venv/run.stamp: requirements/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Looplane needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up .venv (once, about a minute)…"
	@$(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements/dev.txt
	@echo "Adding the tools for the tests…"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

setup: .venv/run.stamp  ## make .venv with what running needs

setup-dev: .venv/dev.stamp  ## make .venv with what the tests need too

run: setup  ## start everything: PostgreSQL, demo workspace, API
	@exec $(BIN)/looplane serve

.PHONY: help setup setup-dev run
