# `make demo` and `make test` need Python 3.11 or newer, make and a package index; nothing else.
#
# Each builds its own virtual environment in this directory. Paths are relative and programs are
# run as `python -m ...`, so a space in the name of a parent directory does no harm.

PYTHON ?= python3
ARGS ?=

DEMO := .venv-demo
TEST := .venv-test
LOWEST := .venv-lowest
ENGINES := .venv-engines

# Everything that goes into the package; directories too, so that a deletion is noticed.
SOURCES := pyproject.toml README.md LICENSE $(shell find src -name __pycache__ -prune -o -print)

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help demo test test-engines check docs bench bench-engines lowest environments clean

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export NO_MKDOCS_2_WARNING := 1
unexport PYTHONPATH
unexport PYTHONHOME

# A new environment in $(1), with a pip that knows dependency groups.
define new_environment
@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11) and "riskbands needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
@echo "Building $(1); the first time takes a minute or two"
@"$(PYTHON)" -m venv --clear $(1)
@$(1)/bin/python -m pip install --quiet --upgrade "pip>=25.1"
@touch $(1)/.created
endef

# The package built as a wheel and installed from it, so that nothing is read from src.
define install_wheel
@echo "Installing riskbands into $(1) from its wheel"
@rm -rf build/wheel
@$(TEST)/bin/python -m hatchling build -t wheel -d build/wheel >build/wheel.log 2>&1 || { cat build/wheel.log; exit 1; }
@$(1)/bin/python -m pip install --quiet --force-reinstall --no-deps build/wheel/riskbands_justice-*.whl
endef

help:  ## List the targets
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/make \1\t\2/p' Makefile | expand -t 20

demo: $(DEMO)/.installed  ## Score the bundled cohort; print rows, bands and issues
	@$(DEMO)/bin/python -m riskbands demo examples/cohort.csv

test: $(TEST)/.installed  ## Run every test and every example of the documentation on the built wheel
	$(TEST)/bin/python -m pytest $(ARGS)

test-engines: $(ENGINES)/.installed  ## Run the tests against Spark, DuckDB, Dask and PostgreSQL; needs Java 17 and PostgreSQL
	@command -v java >/dev/null || { echo "Spark needs Java 17: apt-get install openjdk-17-jre-headless"; exit 1; }
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { echo "PostgreSQL is not here: apt-get install postgresql-15"; exit 1; }
	$(ENGINES)/bin/python -m pytest tests/engines docs/engines $(ARGS)

check: $(TEST)/.tools  ## Lint, formatting and types
	$(TEST)/bin/python -m ruff check .
	$(TEST)/bin/python -m ruff format --check .
	$(TEST)/bin/python -m mypy
	$(TEST)/bin/python -m basedpyright --pythonpath $(TEST)/bin/python

docs: $(TEST)/.tools  ## Build the documentation into site/; a warning is an error
	$(TEST)/bin/python -m mkdocs build

bench: $(TEST)/.installed  ## Measure speed as ratios in one run
	@echo "Installing what the library is compared with into $(TEST)"
	@$(TEST)/bin/python -m pip install --quiet --group bench
	$(TEST)/bin/python -m benchmarks $(ARGS)

bench-engines: $(ENGINES)/.installed  ## Measure rows a second in each engine
	$(ENGINES)/bin/python -m benchmarks.engines $(ARGS)

lowest: $(LOWEST)/.installed  ## Run the tests with the oldest dependencies that are allowed
	$(LOWEST)/bin/python -m pytest $(ARGS)

environments: $(TEST)/.installed $(LOWEST)/.installed  ## Build those of test and lowest, and run nothing

clean:  ## Remove what the other targets made
	rm -rf $(DEMO) $(TEST) $(LOWEST) $(ENGINES) build site .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(DEMO)/.created:
	$(call new_environment,$(DEMO))

$(DEMO)/.installed: $(DEMO)/.created $(SOURCES)
	@echo "Installing riskbands into $(DEMO)"
	@$(DEMO)/bin/python -m pip install --quiet ".[cli]"
	@touch $@

$(TEST)/.created:
	$(call new_environment,$(TEST))

$(TEST)/.needs: $(TEST)/.created pyproject.toml
	@echo "Installing what the tests need into $(TEST)"
	@$(TEST)/bin/python -m pip install --quiet --group test ".[cli,dataframe,excel,plot]"
	@touch $@

$(TEST)/.installed: $(TEST)/.needs $(SOURCES)
	@mkdir -p build
	$(call install_wheel,$(TEST))
	@touch $@

$(TEST)/.tools: $(TEST)/.installed
	@echo "Installing the checkers and the documentation builder into $(TEST)"
	@$(TEST)/bin/python -m pip install --quiet --group dev
	@touch $@

$(LOWEST)/.created:
	$(call new_environment,$(LOWEST))

$(LOWEST)/.installed: $(LOWEST)/.created $(TEST)/.needs tests/lowest.txt $(SOURCES)
	@echo "Installing the oldest versions into $(LOWEST)"
	@$(LOWEST)/bin/python -m pip install --quiet --group test --constraint tests/lowest.txt ".[cli,dataframe,excel,plot]"
	@mkdir -p build
	$(call install_wheel,$(LOWEST))
	@touch $@

$(ENGINES)/.created:
	$(call new_environment,$(ENGINES))

$(ENGINES)/.installed: $(ENGINES)/.created $(TEST)/.needs $(SOURCES)
	@echo "Installing the engines into $(ENGINES); PySpark is large"
	@$(ENGINES)/bin/python -m pip install --quiet --group engines ".[dataframe,duckdb,spark]"
	@mkdir -p build
	$(call install_wheel,$(ENGINES))
	@touch $@
