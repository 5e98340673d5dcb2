# Each target is a line or two that a person could type. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run fsck demo test test-fast deep check fmt bench docs lock
SHELL := /bin/bash
PYTHON_IN := .venv/bin/python
PYTEST := $(PYTHON_IN) -m pytest
# Two at a time: the suite is made for two cores. A file stays on one of them and shares its server.
PARALLEL := -n 2 --dist loadfile
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

help: ## list the targets (the default)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-12s%s\n", $$1, $$2}' Makefile

setup: ## make .venv from requirements.lock; nothing to do when the lock is unchanged
	@.ci/setup requirements.lock

setup-dev:
	@.ci/setup requirements-dev.lock

run: setup ## start everything: database, demo practice, pages; prints how to sign in
	@$(PYTHON_IN) -m therapist_os serve --demo

fsck: setup ## recompute everything that is stored; exits 1 at the first difference
	@$(PYTHON_IN) -m therapist_os fsck

demo: setup ## prepare the demo practice, with a year of invented sessions, without serving it
	@$(PYTHON_IN) -m therapist_os demo

test: setup-dev ## run every test but the deep ones; T=path or T="-k word" narrows it
	@.ci/install-browser
	@.ci/install-postgresql
	@.ci/install-foreign
	@$(PYTEST) $(PARALLEL) -m "not slow" $(T)

test-fast: setup-dev ## run what needs no database and no browser; T=... narrows it
	@$(PYTEST) -q -m "not slow and not postgres and not browser" $(T)

deep: setup-dev ## run the long properties and fault runs too, for hours; T=... narrows it
	@HYPOTHESIS_PROFILE=deep $(PYTEST) $(T)

check: setup-dev ## check format, lint, types, import contracts, sizes and docs
	@$(PYTHON_IN) -m ruff format --check --quiet
	@$(PYTHON_IN) -m ruff check --quiet
	@$(PYTHON_IN) -m pyright --pythonpath $(PYTHON_IN)
	@.venv/bin/lint-imports --no-cache
	@$(PYTEST) -q tests/test_tidy.py tests/test_docs.py

fmt: setup-dev ## format the code and mend what the linter can
	@$(PYTHON_IN) -m ruff format
	@$(PYTHON_IN) -m ruff check --fix

bench: setup-dev ## run the comparisons side by side; writes a table, JSON and a plot
	@$(PYTHON_IN) -m tests.benchmarks

docs: setup-dev ## regenerate what is generated: parts of the docs, and the manifest for drift
	@$(PYTHON_IN) -m tests.generate_docs
	@$(PYTHON_IN) -m tests.generate_catalogue

lock: setup-dev ## pin the dependencies anew; UPGRADE=--upgrade moves them forward
	@$(COMPILE) --extra build -o requirements.lock
	@$(COMPILE) --all-extras -c requirements.lock -o requirements-dev.lock
COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(PYTHON_IN) -m uv pip compile pyproject.toml \
  --quiet --universal --generate-hashes $(UPGRADE)
