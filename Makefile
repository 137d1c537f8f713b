# Everything that is done here, by name. `make` alone lists it.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
# What was compiled once is read from then on: the tests start some hundred programs.
unexport PYTHONDONTWRITEBYTECODE
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

run: setup  ## start everything: PostgreSQL, the demo workspace, the API
	@exec $(BIN)/looplane serve

tools: setup-dev  ## install the programs that tests need (as root; else say which)
	@$(BIN)/python tests/system_packages.py

test: setup-dev tools  ## run every check and every test
	@echo "Three parts, two at a time; each says how it went when it ends (10 minutes on 2 cores)…"
	@$(MAKE) --no-print-directory --keep-going --output-sync=target -j2 test-processes check test-others

check: setup-dev  ## look for mistakes without running anything
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

test-processes: setup-dev
	@$(BIN)/python -m pytest -m processes

test-others: setup-dev
	@$(BIN)/python -m pytest -m "not processes"

fix: setup-dev  ## format, and mend what a tool can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

contract: setup-dev  ## print the contract and the reference again: contract/, docs/reference/
	@$(BIN)/python -m looplane.contract > contract/openapi.json.new
	@mv contract/openapi.json.new contract/openapi.json
	@$(BIN)/python -m looplane.reference docs/reference

bench: setup-dev  ## measure speed against pgbench, at size, and at rest (20 minutes)
	@$(BIN)/python -m bench

fuzz: setup-dev  ## many more examples for every generated test (30 minutes)
	@LOOPLANE_FUZZ_EXAMPLES=500 $(BIN)/python -m pytest tests/test_schemathesis.py tests/test_thread_state_machine.py tests/test_list_threads.py

soak: setup-dev  ## kill processes under load for ten minutes, and count what is lost
	@LOOPLANE_SOAK_SECONDS=600 $(BIN)/python -m pytest -s tests/test_kill.py

million: setup-dev  ## read every list of a million threads, and count the rows it takes (5 minutes)
	@LOOPLANE_MILLION=1 $(BIN)/python -m pytest tests/test_million_threads.py

mutants: setup-dev  ## break the code on purpose, 140 times, and say what no test notices (an hour)
	@$(BIN)/python -m tests.mutants

audit: setup-dev  ## look for known vulnerabilities in what is installed
	@$(BIN)/pip-audit --require-hashes --disable-pip -r requirements/dev.txt

lock:  ## resolve the requirements again (needs uv)
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra build pyproject.toml -o requirements/run.txt
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra build --extra dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt

.PHONY: help setup setup-dev tools run test check test-processes test-others fix contract bench fuzz soak million mutants audit lock
