# `make run`, `make test`, `make check`: each installs what it needs into .venv and does its work.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One more than there are processors: some tests wait for a program's end or for a moment to come.
WORKERS ?= $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)
PACKAGES := blueprints flows messages storage outreach console bot

# A start takes twice as long when Python may not keep what it compiled.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-all mutants check format lock demo clean help

help:
	@echo "make run       install and start Domov on SQLite; chat page on http://127.0.0.1:8000/"
	@echo "make demo      fill the database with 56 believable people, mentors and mentees among them"
	@echo "make test      install and run the whole test suite, PostgreSQL included"
	@echo "make test-all  the same with more examples, more kills, all conversations on PostgreSQL"
	@echo "make mutants ROOM=linking  put faults into the code, one at a time: do the tests notice?"
	@echo "               rooms: claiming, deciding, linking, privacy, staff, events, sending … or a path;"
	@echo "               SAMPLE=40 SEED=1 WORKERS=1 ONLY=FILE:LINE"
	@echo "make check     lint, types, layers, translations, documentation"
	@echo "make lock      renew requirements*.txt from pyproject.toml"

run: $(VENV)/.run
	$(BIN)/domov migrate
	exec $(BIN)/domov run

demo: $(VENV)/.run
	$(BIN)/domov migrate
	$(BIN)/domov demo --locals 16

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

test-all: $(VENV)/.dev
	DOMOV_TESTS=all $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

# How to read what it prints: tests/mutants/__init__.py.
mutants: SAMPLE ?= 40
mutants: SEED ?= 1
mutants: MUTANT_WORKERS = $(if $(filter command environment,$(origin WORKERS)),$(WORKERS),1)
mutants: $(VENV)/.dev
	$(BIN)/python -m tests.mutants $(ROOM) --sample $(SAMPLE) --seed $(SEED) \
		--workers $(MUTANT_WORKERS) --only "$(ONLY)"

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(PACKAGES) tests
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -p no:xdist tests/messages/test_catalogs.py tests/docs
	$(BIN)/domov blueprint check blueprints/expats-for-home.toml

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Hashes, no addresses: the same files install from any index.
lock: $(VENV)/.dev
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-emit-index-url pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-emit-index-url pyproject.toml --group dev \
		-c requirements.txt -o requirements-dev.txt

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; say which: make PYTHON=python3.12 run"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q $(PACKAGES)
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python requirements-dev.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q $(PACKAGES)
	@touch $@ $(VENV)/.run

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
