# Every target does its own set-up: the first run installs what it needs, later runs start at once.
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help setup ready demo chaos serve timeline emulators test long bench check clean

PYTHON_ENV := .venv/bin
TESTS ?= tests
export ORDERS JSON SEED RUNS
# Tests start hundreds of programs, and each would compile the whole app.
unexport PYTHONDONTWRITEBYTECODE

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-9s %s\n' "$$name" "$$text"; done

setup: ## find Python 3.13 and make .venv from requirements-dev.txt
	@local/setup.sh

ready:
	@local/setup.sh run

demo: ready ## place ORDERS=500 real baskets and check the view to the cent; JSON=1 ends with one line of JSON
	@local/setup.sh demo
	@$(PYTHON_ENV)/python -m local demo

chaos: ready ## kill hosts and hubs and split ranges while ORDERS=40 are fulfilled, then check every law; SEED=1 RUNS=10
	@local/setup.sh demo
	@$(PYTHON_ENV)/python -m local chaos

serve: ready ## keep a Cosmos DB-compatible server (8081) and the app (7071) running until Ctrl-C
	@$(PYTHON_ENV)/python -m local serve

timeline: ready ## run the app for a minute with a reader that stops for a while, and draw docs/pictures anew
	@$(PYTHON_ENV)/python -m local timeline

emulators: ready ## start Microsoft's emulators in Docker: Cosmos DB, Event Hubs, Azurite
	@$(PYTHON_ENV)/python -m local.emulators
	docker compose up --detach

test: setup ## run the tests that take seconds, four at a time; TESTS=tests/e2e for a part
	$(PYTHON_ENV)/python -m pytest -m "not long" -n 4 --dist worksteal $(TESTS)

long: setup ## run the tests that take minutes
	$(PYTHON_ENV)/python -m pytest -m long $(TESTS)

bench: setup ## measure the claims about cost; CLAIMS=poisoned-key for a part
	$(PYTHON_ENV)/python -m benchmarks $(CLAIMS)

check: setup ## lint, format, types, who may import whom, the infrastructure, weaknesses and secrets
	$(PYTHON_ENV)/ruff check
	$(PYTHON_ENV)/ruff format --check
	$(PYTHON_ENV)/mypy .
	$(PYTHON_ENV)/lint-imports
	$(PYTHON_ENV)/python -m infra.checks
	$(PYTHON_ENV)/bandit --quiet --configfile pyproject.toml --recursive .
	$(PYTHON_ENV)/python -m infra.safety.secrets
	$(PYTHON_ENV)/python -m infra.safety.packages

clean: ## remove what can be made again: environments, caches, the demo's baskets (.data stays)
	rm -rf .venv .demo .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
