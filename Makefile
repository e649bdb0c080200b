# What each target does: README.md. Needs Python 3.11 to 3.13 and make, nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run install test check soak mongodb bench lock clean system

run: install
	$(BIN)/haechi demo

install: $(VENV)/installed

test: $(VENV)/installed-dev system
	$(BIN)/python -m pytest

check: $(VENV)/installed-dev system
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python deploy/sbom.py build/sbom.json
	$(BIN)/python -m pytest

# The tests on a MongoDB of yours, a replica set: make mongodb HAECHI_MONGODB_URI=mongodb://… (docs/operators.md)
mongodb: $(VENV)/installed-dev
	@test -n "$(HAECHI_MONGODB_URI)" || { echo "name your server: make mongodb HAECHI_MONGODB_URI=mongodb://…"; exit 2; }
	$(BIN)/python -m pytest -m "slow or not slow" tests/storage/test_relied_on.py tests/storage/test_failover.py
	$(BIN)/python -m pytest

soak: $(VENV)/installed-dev system
	$(BIN)/python -m pytest -m slow
	SOAK_S=$${SOAK_S:-3600} $(BIN)/python -m bench.faults.soak

bench: $(VENV)/installed-dev
	$(BIN)/python -m bench

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
		|| { echo "Haechi needs Python 3.11 to 3.13; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "installing pinned packages into $(VENV) (about a minute)"
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# What tests need of the system: a browser, Korean fonts, PDF's libraries, and a broker that tests alone start.
# Without it they are skipped, and say so.
SYSTEM := chromium fonts-nanum poppler-utils libpangoft2-1.0-0 libharfbuzz-subset0 rabbitmq-server
STARTS := /usr/sbin/policy-rc.d
system:
	@if command -v chromium >/dev/null && fc-list 2>/dev/null | grep -qi nanum && command -v pdfinfo >/dev/null \
		&& /sbin/ldconfig -p | grep -q pangoft2 && [ -e /usr/lib/rabbitmq/bin/rabbitmq-server ]; then exit 0; fi; \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		echo "installing $(SYSTEM) for the tests"; \
		[ -e $(STARTS) ] || { trap 'rm -f $(STARTS)' EXIT; printf '#!/bin/sh\nexit 101\n' >$(STARTS); chmod 755 $(STARTS); }; \
		apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -q -y $(SYSTEM) >/dev/null && exit 0; \
	fi; \
	echo "missing of $(SYSTEM) (as root: apt-get install them): tests that need them are skipped"

# Pin anew, within the bounds of pyproject.toml.
lock: $(VENV)/installed-dev
	$(BIN)/uv pip compile $(LOCK) --extra embedded --extra workers --extra pdf --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile $(LOCK) --extra embedded --extra workers --extra pdf --extra build --extra dev --extra bench -c requirements.lock \
		pyproject.toml -o requirements-dev.lock
LOCK := -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade

clean:
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis
