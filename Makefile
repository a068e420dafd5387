# Every target makes its own .venv first when it is missing or older than what it was made from.
PYTHON ?= python3
BIN := .venv/bin
SOURCES := api benchmarks cli deployments flows messaging models simulator tasks tests

.DEFAULT_GOAL := help
.PHONY: help install demo up test chaos bench bench-install check

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)$$/make \1\t\2/' | expand -t 14

install: .venv/installed ## make .venv and install what the others need; run nothing

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Tidings needs Python 3.11 or newer; name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: install ## the whole of it on a fresh home: import, campaign, replies, opt-outs, second campaign
	$(BIN)/tidings demo

up: install ## the stack, until Ctrl-C
	$(BIN)/tidings up

test: install ## all tests (no system package needed)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m 'not long and not alone'
	$(BIN)/python -m pytest -m 'alone and not long' tests/integration tests/api

SEED ?= 1
CAMPAIGNS ?= 20
RECIPIENTS ?= 5000
KILLS ?= 11
EXAMPLES ?= 300
CONTACTS ?= 100000
APPOINTMENTS ?= 2000

chaos: install ## campaigns under faults and kill -9, judged, random lives and a week of reminders beside oracles: SEED=1 CAMPAIGNS=20 RECIPIENTS=5000 KILLS=11 EXAMPLES=300 CONTACTS=100000 APPOINTMENTS=2000
	$(BIN)/python -m pytest --timeout 3600 -m long tests/e2e tests/api/v1 tests/integration
	$(BIN)/python -m pytest --timeout 3600 -m long tests/api/test_killed.py
	TIDINGS_FUZZ_EXAMPLES=10000 $(BIN)/python -m pytest --timeout 3600 tests/api/test_fuzzed.py
	TIDINGS_CHAOS_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest --timeout 3600 tests/chaos/test_lifecycle.py
	$(BIN)/python -m tests.oracle --seed $(SEED) --contacts $(CONTACTS)
	$(BIN)/python -m tests.reminders_week --seed $(SEED) --appointments $(APPOINTMENTS)
	$(BIN)/python -m tests.chaos --seed $(SEED) --campaigns $(CAMPAIGNS) --recipients $(RECIPIENTS) --kills $(KILLS)

bench: install ## how fast it is, beside what one would do instead; keeps benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks

bench-install: install ## what `make bench` compares with beyond our own needs (and Debian's redis-server)
	PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@command -v redis-server >/dev/null || echo 'Celery is measured on Redis; install it with: apt-get install redis-server'

check: install ## format, lint, types, imports
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
