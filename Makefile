# Two commands do everything on a fresh Debian or Ubuntu that has git, make
# and python3 with venv:
#
#   make demo    see it work; touches nothing outside this folder
#   make test    all checks; says so before it installs system packages
#
# PYTHON=python3.12 takes another interpreter, VENV=folder another place,
# SYSTEM=no leaves the system's packages alone.

PYTHON ?= python3
VENV ?= .venv
SYSTEM ?= yes
BENCH ?=
PYTEST ?=

BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check -qq
PLUGINS = $(patsubst %/setup.cfg,%,$(wildcard turbo_hipster_plugins/*/setup.cfg))
PACKAGES = turbo_hipster $(filter-out %.egg-info, \
    $(wildcard turbo_hipster_plugins/*/turbo_hipster_*))
DECLARED = setup.cfg pyproject.toml $(addsuffix /setup.cfg,$(PLUGINS))
FAST = not functional and not heavy

.PHONY: help demo test check lint format docs system system-check unit soak
.PHONY: histories mutations bench wheels pythons clean

help:
	@echo "make demo       install into $(VENV) and show it at work"
	@echo "make test       everything below down to docs"
	@echo "make lint       ruff and mypy"
	@echo "make unit       the tests that take seconds"
	@echo "make check      these and the ones with real servers"
	@echo "make docs       the documentation, into doc/build/html"
	@echo "make histories  download real projects and step their migrations"
	@echo "make mutations  break the code on purpose; each test must notice"
	@echo "make bench      measure against the rivals, into build/bench.json"
	@echo "make soak       the tests that take minutes"
	@echo "make pythons    the fast tests with each Python found"
	@echo "make wheels     all distributions, into dist"
	@echo "make system     install the system packages of bindep.txt (root)"

demo: $(VENV)/.installed
	@$(BIN)/turbo-hipster demo
	@echo
	@$(BIN)/turbo-hipster migrations demo
	@echo
	@$(BIN)/turbo-hipster real-data demo

test: system-check lint check docs

# one list of system packages: bindep.txt
system:
	@.ci/system install

system-check:
	@test "$(SYSTEM)" = no || .ci/system ensure test

# our own environment; the files with a dot say what is in it
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "$(PYTHON) is missing or older than 3.11; name a newer one:" \
	        "make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.installed: $(DECLARED) | $(BIN)/python
	@echo "Installing into $(VENV) ..."
	@$(PIP) install --editable . \
	    --editable turbo_hipster_plugins/shell_script \
	    --editable 'turbo_hipster_plugins/databases[postgresql]' \
	    --editable turbo_hipster_plugins/db_migration \
	    --editable turbo_hipster_plugins/real_db_upgrade
	@touch $@

$(VENV)/.developing: $(DECLARED) | $(BIN)/python
	@echo "Installing into $(VENV), with the tools of a developer ..."
	@# pip goes astray among so many packages; uv does not
	@$(PIP) install uv
	@$(BIN)/uv pip install -q --python $(BIN)/python \
	    --editable .[test,lint,docs] \
	    $(foreach plugin,$(PLUGINS),--editable '$(plugin)[test]')
	@touch $@ $(VENV)/.installed

$(VENV)/.rivals: $(VENV)/.developing
	@echo "Installing the rivals into $(VENV) ..."
	@$(PIP) install --editable .[bench]
	@touch $@

lint: $(VENV)/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(PACKAGES)

format: $(VENV)/.developing
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

unit: $(VENV)/.developing
	$(BIN)/python -m pytest -n 2 -m "$(FAST)" $(PYTEST)

# at most three that fail get a second chance, alone; see .ci/check
check: $(VENV)/.developing
	$(BIN)/python .ci/check -m "not heavy" $(PYTEST)

soak: $(VENV)/.developing
	$(BIN)/python -m pytest -m "heavy and not histories" \
	    --timeout 3600 $(PYTEST)

docs: $(VENV)/.developing
	$(BIN)/python -m sphinx -W --keep-going -q -b html \
	    doc/source doc/build/html
	@echo "doc/build/html/index.html"

# a process a history; their environments are made by our own library
histories: system-check $(VENV)/.developing
	$(BIN)/python -m pytest -n 2 --dist loadfile -m histories $(PYTEST)

mutations: $(VENV)/.developing
	$(BIN)/python tests/mutations/run.py

bench: $(VENV)/.rivals
	@test "$(SYSTEM)" = no || .ci/system ensure test bench
	$(BIN)/python -m benchmarks $(BENCH)

pythons: $(VENV)/.developing
	@$(PIP) install tox
	@PATH="$$PATH:$$(ls -d $${PYENV_ROOT:-$$HOME/.pyenv}/versions/*/bin \
	    2>/dev/null | tr '\n' ':')" $(BIN)/python -m tox

wheels: $(VENV)/.developing
	@rm -rf dist build/lib $(addsuffix /build,$(PLUGINS))
	@$(PIP) wheel --no-deps --wheel-dir dist . $(PLUGINS)
	@ls dist

clean:
	rm -rf $(VENV) .tox build dist doc/build demo-report .mypy_cache \
	    .ruff_cache .pytest_cache .hypothesis $(addsuffix /build,$(PLUGINS))
	find . -name __pycache__ -o -name '*.egg-info' | xargs rm -rf
