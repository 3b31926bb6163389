# Every target sets up .venv by itself; nothing needs root. `make help` lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

PYTEST_ARGS ?= -n 2 --dist worksteal
CATALOG     := catalogs/connectivity
MUTANTS     ?= 40
DEMO        := build/demo
DEMO_RECORDS ?= 300_000

LOCK_FLAGS := --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-options \
              --no-emit-index-url --no-emit-trusted-host --no-emit-find-links

.DEFAULT_GOAL := help
.PHONY: help demo test test-postgres features check check-types check-catalogs format docs properties kills bench bench-rating lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 15

# The lock decides what is installed, pyproject.toml what is ours: either one makes the stamp old.
$(STAMP): requirements-dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP) ## check a catalog, bill two months with it, show and explain an invoice
	@rm -rf $(DEMO)
	$(BIN)/ratebook check $(CATALOG)
	@echo; echo "A month of sessions, made by the catalog's own script:"
	$(BIN)/python -m catalogs.connectivity.generate --usage $(DEMO)/usage --records $(DEMO_RECORDS)
	@echo; echo "1 January: the subscriptions, in advance."
	$(BIN)/ratebook bill $(CATALOG) --book $(CATALOG)/book --as-of 2026-01-01 --out $(DEMO)
	@echo; echo "1 February: January's sessions, what changed since, and the month ahead."
	$(BIN)/ratebook bill $(CATALOG) --book $(CATALOG)/book --usage '$(DEMO)/usage/*' \
	  --as-of 2026-02-01 --out $(DEMO)
	@echo; echo "What one account owed, paid and has to its credit:"
	$(BIN)/ratebook statement A0006 --to 2026-01-31 --out $(DEMO)
	@echo; echo "One invoice for a group of five accounts, and how one of its lines came about:"
	$(BIN)/ratebook explain INV-000172 --out $(DEMO)
	@echo
	$(BIN)/ratebook explain INV-000172:3 --out $(DEMO)
	@echo; echo "Look at it: $(DEMO)/invoices/INV-000172.pdf (or .html, .json)"

test: $(STAMP) ## run every test
	$(BIN)/python -m pytest $(PYTEST_ARGS)

test-postgres: $(STAMP) ## run the tests that have a ledger with it in PostgreSQL, on a server of their own
	$(BIN)/python -m pytest --ledger-server local $(PYTEST_ARGS)

features: $(STAMP) ## run every test, then print which tests prove which feature
	$(BIN)/python -m pytest --features $(PYTEST_ARGS)

properties: $(STAMP) ## run the property tests with many more, and random, examples
	HYPOTHESIS_PROFILE=heavy $(BIN)/python -m pytest -n 2 --timeout 3600 -m property

mutants: $(STAMP) ## try slips of every catalog, and fail where its tests notice too few (MUTANTS=40)
	for each in catalogs/*/tests.ratebook; do \
	  $(BIN)/ratebook test --quiet "$$(dirname "$$each")" --mutants $(MUTANTS) --min-score 90 || exit 1; done

kills: $(STAMP) ## kill runs at random instants, run them again and compare (KILLS='--times 100')
	$(BIN)/python -m tests.kills $(KILLS)

check: $(STAMP) ## lint, layout, types, and every catalog of the repository
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(MAKE) --no-print-directory -j 2 -k --output-sync=target check-types check-catalogs

check-types: $(STAMP)
	$(BIN)/mypy dsl compiler runtime proving cli catalogs tests benchmarks

check-catalogs: $(STAMP)
	for each in catalogs/*/catalog.ratebook; do \
	  $(BIN)/ratebook check "$$(dirname "$$each")" || exit 1; done
	$(BIN)/ratebook fmt --check catalogs
	dirname catalogs/*/tests.ratebook | xargs -n 1 -P 2 $(BIN)/ratebook test --quiet --processes 1
	for each in catalogs/*/generate.py; do \
	  $(BIN)/python -m "catalogs.$$(basename "$$(dirname "$$each")").generate" --check || exit 1; done
	$(BIN)/python -m compiler.pages docs/errors --check
	$(BIN)/python -m runtime.book.schema docs/schemas --check

docs: $(STAMP) ## write the pages and schemas that the code holds
	$(BIN)/python -m compiler.pages docs/errors
	$(BIN)/python -m runtime.book.schema docs/schemas

format: $(STAMP) ## bring Python and catalog sources into their layout
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .
	$(BIN)/ratebook fmt catalogs

bench-rating: $(STAMP) ## measure rating: 20 million records, then text files and one record at a time
	$(BIN)/python -m benchmarks.rating --events 20_000_000 --works lines limited records $(BENCH_ARGS)
	$(BIN)/python -m benchmarks.rating --events 2_000_000 --works lines --naive \
	  --formats parquet csv jsonl $(BENCH_ARGS)

bench: $(STAMP) ## measure checking, rating and billing
	$(BIN)/python -m benchmarks.check
	$(BIN)/python -m benchmarks.main_job
	$(BIN)/python -m benchmarks.scenarios
	$(BIN)/python -m benchmarks.subscriptions

# The runtime's lock comes first and binds the other, so that both name the same versions.
# It is compiled on the oldest Python we support.
lock: ## pin every dependency anew, with hashes (UPGRADE=--upgrade for newer versions)
	test -x $(BIN)/pip-compile || $(MAKE) $(STAMP)
	CUSTOM_COMPILE_COMMAND="make lock" PIP_CONFIG_FILE=/dev/null PIP_FIND_LINKS= \
	  $(BIN)/pip-compile $(LOCK_FLAGS) $(UPGRADE) -o requirements.lock pyproject.toml
	CUSTOM_COMPILE_COMMAND="make lock" PIP_CONFIG_FILE=/dev/null PIP_FIND_LINKS= \
	  $(BIN)/pip-compile $(LOCK_FLAGS) $(UPGRADE) --extra dev --extra postgres --extra fonts \
	  -c requirements.lock -o requirements-dev.lock pyproject.toml

clean: ## remove what was installed and what was built
	rm -rf $(VENV) build dist out .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
