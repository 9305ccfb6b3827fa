# make run: the studio on http://localhost:4000.   make test: everything.   The rest: make help

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.SILENT:
.DEFAULT_GOAL := help
.PHONY: help run dev test lint format build bench soak screens reset setup

# The virtual environment first: npm's children call node by its name.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
PYTHON_READY := .venv/ready
NODE_READY := frontend/node_modules/.ready
BUILT := frontend/dist/manifest.json
FRONTEND_SOURCES := $(shell find frontend/src -type f 2>/dev/null) frontend/package.json frontend/vite.config.ts \
	frontend/tools/builds.ts

help:
	@echo "make run      start everything and print the links to open"
	@echo "make dev      the same, restarting on every change"
	@echo "make test     all tests: Python, TypeScript, browser"
	@echo "make lint     formatters, types, import contracts"
	@echo "make build    build the pages' scripts"
	@echo "make bench    measure, each figure as a ratio; make soak: a long show, overlays, a document"
	@echo "make screens  every page in every state, as pictures into docs/screens"
	@echo "make reset    a new database with the sample studio"

run: $(PYTHON_READY) $(BUILT)
	exec .venv/bin/cuelight run

dev: $(PYTHON_READY) $(NODE_READY)
	(cd frontend && exec npm run --silent dev) & watching=$$!
	trap 'kill $$watching 2>/dev/null' EXIT
	.venv/bin/watchfiles --filter python --sigint-timeout 10 '.venv/bin/cuelight run' cuelight

test: $(PYTHON_READY) $(NODE_READY) $(BUILT)
	exec .venv/bin/python tools/test.py

lint: $(PYTHON_READY) $(NODE_READY)
	ruff check .
	ruff format --check .
	mypy
	lint-imports
	cd frontend
	npm run --silent check
	npm run --silent format:check

format: $(PYTHON_READY) $(NODE_READY)
	ruff check --fix .
	ruff format .
	cd frontend && npm run --silent format

build: $(PYTHON_READY) $(BUILT)

bench: $(PYTHON_READY) $(BUILT)
	exec .venv/bin/python bench/run.py

soak: $(PYTHON_READY) $(BUILT)
	exec .venv/bin/python bench/soak.py $(PARTS)

screens: $(PYTHON_READY) $(BUILT)
	exec .venv/bin/python bench/screens.py

reset: $(PYTHON_READY)
	exec .venv/bin/cuelight reset

setup: $(PYTHON_READY) $(NODE_READY) $(BUILT)

$(PYTHON_READY): requirements/uv.txt requirements/cuelight.txt pyproject.toml
	python=$$(tools/find-python)
	[ -x .venv/bin/python ] || "$$python" -m venv .venv
	echo "Installing the Python packages…"
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	.venv/bin/uv pip sync --quiet --compile-bytecode --require-hashes requirements/cuelight.txt
	.venv/bin/uv pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(NODE_READY): frontend/package-lock.json $(PYTHON_READY)
	tools/ensure-node
	echo "Installing the front end's packages…"
	cd frontend
	npm ci --silent --no-audit --no-fund
	touch node_modules/.ready

$(BUILT): $(NODE_READY) $(FRONTEND_SOURCES)
	echo "Building the pages' scripts…"
	cd frontend
	npm run --silent build -- --logLevel warn
	touch dist/manifest.json
