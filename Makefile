# Everything that is done here, by name. `make` alone lists it.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
# What was compiled once is read from then on: the tests start some hundred programs.
unexport PYTHONDONTWRITEBYTECODE

# What the inbox is built from; its tests are not.
WEB_SOURCES := $(shell find web/src web/public web/index.html web/vite.config.ts web/tsconfig.json web/package.json web/compress.js -not -name '*.test.ts*' 2>/dev/null)
# Tests of what an operator runs, which start the most programs, and some that make this part as long
# as the others.
PROGRAMS := $(wildcard tests/backups tests/cli tests/deploy tests/embedded_pg tests/html_upkeep tests/operating tests/test_deletion_races.py tests/test_demo_*.py tests/test_hostile_input.py tests/test_house.py tests/test_lost_updates.py tests/test_request_examples.py tests/test_settings.py tests/test_web_site.py)
WEB_TOOLS := web/node_modules/.package-lock.json

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# What was set up here may have been moved since, or lost its Python: then it is set up again.
USABLE := $(shell $(BIN)/python -c 'import looplane' 2>/dev/null && echo yes)

.venv/run.stamp: requirements/run.txt requirements/install.py pyproject.toml $(if $(USABLE),,not-usable)
	@if [ ! -w . ] || { [ -e .venv ] && [ ! -w .venv ]; }; then printf '%s\n' "$$(id -un) may not write into $$PWD, or not into its .venv." "Run this as the owner of both, or clone it into a folder of your own."; exit 1; fi
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Looplane needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { printf '%s\n' "This Python cannot make the folder .venv: \`ensurepip\` is not part of it." "On Debian and Ubuntu, as root: apt-get install python3-venv" "Or name another Python: make run PYTHON=/path/to/python3"; exit 1; }
	@if [ -e $@ ] && [ -z "$(USABLE)" ]; then printf '%s\n' "What is in .venv does not run any more: its Python was moved or changed." "Setting it up anew."; rm -rf .venv; fi
	@echo "Setting up .venv (once, about a minute)…"
	@# Whoever presses Ctrl-C now knows what they did, and needs no trace of it.
	@$(PYTHON) -c 'import signal, venv; signal.signal(signal.SIGINT, signal.SIG_DFL); venv.main()' .venv
	@$(BIN)/python requirements/install.py requirements/run.txt --editable
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements/dev.txt
	@echo "Adding the tools for the tests…"
	@$(BIN)/python requirements/install.py requirements/dev.txt
	@touch $@

setup: .venv/run.stamp  ## make .venv with what running needs

setup-dev: .venv/dev.stamp  ## make .venv with what the tests need too

web/node_modules/.package-lock.json: web/package-lock.json web/.npmrc
	@web/ready.sh
	@echo "Fetching what the inbox is built of (once, about half a minute)…"
	@cd web && npm ci --no-progress --loglevel=error >/dev/null || { rm -rf node_modules; echo "npm could not fetch what the inbox is built of: it needs its registry once (\`npm config get registry\` says which), and a home to write to, or \`export npm_config_cache=/another/folder\`."; exit 1; }
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	@web/ready.sh
	@echo "Building the inbox…"
	@cd web && npm run --silent build
	@touch $@

web: web/dist/index.html  ## build the inbox in the browser (needs Node 20.19 or newer)
	@:

run: setup  ## start everything: PostgreSQL, the demo workspace, the API, the inbox
	@if web/ready.sh; then $(MAKE) --no-print-directory web || echo "Starting without a newly built inbox." >&2; fi
	@exec $(BIN)/looplane serve

wheel: setup web  ## make a wheel and an sdist with everything in them: dist/
	@$(BIN)/python -m hatchling build -t sdist -t wheel

tools: setup-dev  ## install the programs that tests need (as root; else say which)
	@$(BIN)/python tests/system_packages.py

test: setup-dev tools  ## run every check and every test
	@echo "Six parts, four at a time; each says how it went when it ends (15 minutes on 2 cores)…"
	@# The longest first. Two of them wait for programs most of the time, so that four keep two cores busy.
	@# Databases are made and thrown away by the hundred: in memory, where it has room and runs programs.
	@scratch=$$(tests/scratch.sh) && trap 'rm -rf "$$scratch"' EXIT && TMPDIR=$$scratch $(MAKE) --no-print-directory --keep-going --output-sync=target -j4 test-others test-programs test-processes test-browser test-web check

check: setup-dev  ## look for mistakes without running anything
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

test-programs: setup-dev
	@$(BIN)/python -m pytest -m processes $(PROGRAMS)

test-processes: setup-dev
	@$(BIN)/python -m pytest -m processes $(PROGRAMS:%=--ignore=%)

test-others: setup-dev
	@$(BIN)/python -m pytest -m "not processes"

test-web: $(WEB_TOOLS)  ## look for mistakes in the inbox, and run its tests without a browser
	@cd web && npm run --silent typecheck
	@cd web && npm run --silent lint
	@cd web && npm run --silent test -- --reporter=dot
	@cd web && npx --no openapi-typescript ../contract/openapi.json --silent --check -o src/api/schema.d.ts >/dev/null 2>&1 || { echo "web/src/api/schema.d.ts is not what contract/openapi.json says: run \`make contract\`."; exit 1; }

test-browser: setup-dev web  ## drive the inbox in a real browser, on a server of its own
	@cd web && npm run --silent e2e

screenshots: setup-dev web  ## the same, with a picture of each page and state: web/screenshots/
	@cd web && LOOPLANE_SCREENSHOTS=1 npm run --silent e2e

fix: setup-dev  ## format, and mend what a tool can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@if [ -d web/node_modules ]; then cd web && npm run --silent format -- --log-level warn; fi

contract: setup-dev  ## print the contract, the reference and the inbox's types again
	@$(BIN)/python -m looplane.contract > contract/openapi.json.new
	@mv contract/openapi.json.new contract/openapi.json
	@$(BIN)/python -m looplane.reference docs/reference
	@if [ -d web/node_modules ]; then cd web && npm run --silent types -- --silent >/dev/null; else echo "web/src/api/schema.d.ts is as before: \`make web\`, then this again."; fi

bench: setup-dev web  ## measure speed against pgbench, at size, at rest, and in a browser (30 minutes)
	@$(BIN)/python -m bench

# All of ten years is SCALE=1: some hours, and 130 GB while it runs.
SCALE ?= 0.15

ten-years: setup-dev  ## fill 15 % of ten years, and print what they take (25 minutes, 20 GB)
	@$(BIN)/python -m bench.ten_years --scale $(SCALE)

fuzz: setup-dev  ## many more examples for every generated test (30 minutes)
	@LOOPLANE_FUZZ_EXAMPLES=500 $(BIN)/python -m pytest tests/test_schemathesis.py tests/test_thread_state_machine.py tests/test_list_threads.py

soak: setup-dev  ## kill processes under load, ten minutes for each test, and count what is lost
	@LOOPLANE_SOAK_SECONDS=$${LOOPLANE_SOAK_SECONDS:-600} $(BIN)/python -m pytest -s tests/soak tests/test_kill.py

million: setup-dev  ## read every list of a million threads, and count the rows it takes (5 minutes)
	@LOOPLANE_MILLION=1 $(BIN)/python -m pytest tests/test_million_threads.py

mutants: setup-dev  ## break the code on purpose, 140 times, and say what no test notices (an hour)
	@$(BIN)/python -m tests.mutants

audit: setup-dev  ## look for known vulnerabilities in what is installed
	@printf '%s\n' "Asking what is known of $$(grep -c == requirements/dev.txt) Python packages." "This waits for the network, 2 minutes at the most…"
	@timeout 120 $(BIN)/pip-audit --require-hashes --disable-pip -r requirements/dev.txt || { [ $$? -ne 124 ] || echo "No answer came: nothing is known of them now."; exit 1; }

audit-web:  ## look for known vulnerabilities in what the inbox is built of
	@printf '%s\n' "Asking what is known of the packages of the inbox." "This waits for the network, 2 minutes at the most…"
	@cd web && timeout 120 npm audit --omit=dev || { [ $$? -ne 124 ] || echo "No answer came: nothing is known of them now."; exit 1; }

lock:  ## resolve the requirements again (needs uv)
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra build pyproject.toml -o requirements/run.txt
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra build --extra dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt

.PHONY: not-usable help setup setup-dev tools run web wheel test check test-web test-programs test-processes test-others test-browser screenshots fix contract bench ten-years fuzz soak million mutants audit audit-web lock
