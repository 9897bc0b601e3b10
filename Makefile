# Everything from a machine with Python 3.11, pip, make and git.  run | test | lint | bench | env | requirements | clean
PYTHON ?= python3
PYTEST_WORKERS ?= 2
STAMP := .venv/.stamp-$(shell cat requirements/run.txt requirements/test.txt requirements/dev.txt | cksum | cut -d' ' -f1)
RUN_STAMP := .venv/.stamp-run-$(shell cksum < requirements/run.txt | cut -d' ' -f1)
RUN_SET := $(if $(wildcard .venv/lib/python3*/site-packages/numba),planning,run)

.PHONY: run test lint bench env requirements clean

run: $(RUN_STAMP)
	@exec .venv/bin/beijian run

test: env lint
	.venv/bin/pytest -n $(PYTEST_WORKERS) --dist worksteal

lint: env
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: env
	.venv/bin/python -m tests.bench

env: $(STAMP)

# The whole set holds the running set, so either stamp is enough to run. Who has the compiled kernels keeps them.
$(STAMP):
	@PYTHON=$(PYTHON) sh requirements/install.sh dev
	@rm -f .venv/.stamp-*
	@touch $@ $(RUN_STAMP)

$(RUN_STAMP):
	@PYTHON=$(PYTHON) sh requirements/install.sh $(RUN_SET)
	@rm -f .venv/.stamp-*
	@touch $@

# Pin anew what requirements/*.in ask for; the result names no host.
requirements:
	for set in run planning test dev; do \
	  $$(command -v uv || echo .tools/bin/uv) pip compile -q --upgrade --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-annotate --no-header \
	    requirements/$$set.in -o requirements/$$set.txt || exit 1; \
	done

# The data in var/ are yours: `make clean` leaves them.
clean:
	rm -rf .venv .tools .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
