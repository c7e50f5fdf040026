# Two commands do everything: `make run` and `make test`. Both set up what they need.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
BIN := .venv/bin
STAMP := .venv/.ready
LOCK := infra/locks/requirements.txt
PEERS := .peers/.ready
ARGS ?=
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONPATH
unexport VIRTUAL_ENV
export MLFLOW_DISABLE_TELEMETRY := true
export DO_NOT_TRACK := 1
export UV_SYSTEM_CERTS := true

.PHONY: run test setup lint bench prove ui results pictures lock help clean
.DEFAULT_GOAL := help

run: setup ## From vendors' files to tickets, on the simulated world (ARGS="--profile archive --archive DIR …")
	$(BIN)/fairline run $(ARGS)

test: setup lint ## Every linter and every test; tests that need real vendor files skip with a reason where there are none
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not prove" $(ARGS)

setup: $(STAMP) ## .venv with the `fairline` command, from the hash-pinned lock

$(STAMP): $(LOCK) infra/locks/bootstrap.txt pyproject.toml
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r infra/locks/bootstrap.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r $(LOCK)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	touch $@

lint: setup ## ruff, mypy, import-linter, sqlfluff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint --disable-progress-bar dbt_project/models/football
	$(BIN)/sqlfluff lint --disable-progress-bar --config infra/lint/basketball.sqlfluff dbt_project/models/basketball

bench: $(PEERS) ## Benchmarks with ratios against named peers, in one run on an idle machine
	PYTHONPATH=$(abspath .peers) $(BIN)/python -m pytest tests/benchmarks -q $(ARGS)

$(PEERS): $(STAMP) infra/locks/peers.txt
	rm -rf .peers
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps --target .peers -r infra/locks/peers.txt
	touch $@

prove: setup ## The long proofs: kills at random moments, leakage on the whole archive
	$(BIN)/python -m pytest -m prove -q $(ARGS)

ui: setup ## The Dagster UI on loopback
	$(BIN)/fairline ui $(ARGS)

results: setup ## docs/results*.md from the walk-forward over the archive's test seasons (FAIRLINE_ARCHIVE)
	$(BIN)/python docs/results.py
	$(BIN)/python docs/results_basketball.py

pictures: setup ## Screenshots of the UI and the report for the README (needs Chromium)
	$(BIN)/python docs/pictures.py

lock: ## Resolve the dependencies of pyproject.toml again
	$(BIN)/uv pip compile --quiet pyproject.toml --all-extras --universal --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url --generate-hashes -o $(LOCK)
	echo 'uv' | $(BIN)/uv pip compile --quiet - --universal --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url --generate-hashes -o infra/locks/bootstrap.txt
	echo 'penaltyblog' | $(BIN)/uv pip compile --quiet - -c $(LOCK) --universal --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url --generate-hashes -o infra/locks/peers.txt

clean: ## Forget the virtual environment and every lake
	rm -rf .venv .peers lakes

help: ## This list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 18
