# The two commands of a reader are `make study` and `make test`; both need Python 3.11-3.13, pip and make, nothing else.
# What is installed comes from the two locks, hash for hash; stamps in .venv make every later run start at once.

PYTHON ?= python3
SHELL := /bin/sh
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
STUDIES ?= bantaeng kkp
WORKERS ?= 2

# Stamps: what has been done to .venv. A changed lock or pyproject.toml is newer than its stamp and is installed again.
TOOLS := .venv/.installed-build-tools
PACKAGES := .venv/.installed-packages
CHECKOUT := .venv/.installed-checkout
DEVELOPMENT := .venv/.installed-development
MADE_ENVIRONMENT := .venv/.made-by-make
MADE_RESULTS := .venv/.results-made-by-make

CACHES := .coverage coverage.xml .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help study test check lab lock clean

help: ## say what there is to do
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile

study: $(CHECKOUT) ## recompute the two published studies into results/
	@test -e results || touch $(MADE_RESULTS)
	@$(BIN)/bsc run $(STUDIES) --out results

test: check ## make check, then every test with the coverage gate, then what was left out
	@echo "== pytest"
	@$(BIN)/python -m pytest --cov -n $(WORKERS) --dist loadfile

check: $(DEVELOPMENT) ## lint, format, types, import contracts, notebooks, environment, docs, locks
	@echo "== ruff check"
	@$(BIN)/ruff check .
	@echo "== ruff format"
	@$(BIN)/ruff format --check .
	@echo "== mypy"
	@$(BIN)/mypy
	@echo "== mypy tools"
	@$(BIN)/mypy tools
	@echo "== lint-imports"
	@$(BIN)/lint-imports
	@echo "== notebooks"
	@$(BIN)/python tools/notebooks.py --check
	@echo "== environment"
	@$(BIN)/python tools/environment.py --check
	@echo "== docs"
	@$(BIN)/python tools/docs.py --check
	@echo "== locks"
	@$(BIN)/python tools/locks.py --check

lab: $(CHECKOUT) ## open the notebooks in JupyterLab
	@$(BIN)/jupyter lab --ServerApp.root_dir=notebooks

# For maintainers: remakes the locks and environment.yml. `make lock UPGRADE=--upgrade` takes the newest versions.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--custom-compile-command "make lock" $(UPGRADE) pyproject.toml --group build

# A declaration that the locks do not carry yet must not stand in the way of remaking them: only a first installation is asked for.
lock: $(if $(wildcard $(DEVELOPMENT)),,$(DEVELOPMENT)) ## (maintainers) remake the locks and environment.yml from pyproject.toml
	@$(LOCK) --output-file requirements.lock
	@$(LOCK) --group dev --constraints requirements.lock --output-file requirements-dev.lock
	@$(BIN)/python tools/environment.py
	@$(BIN)/python tools/locks.py --check

clean: ## remove what make created, and nothing else
	@if test -e $(MADE_RESULTS); then rm -rf results; \
	elif test -e results; then echo "results/ was not made by make; it stays."; fi
	@rm -rf $(CACHES)
	@find bsc_analysis tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
	@if test -e $(MADE_ENVIRONMENT); then rm -rf .venv; \
	elif test -e .venv; then echo ".venv was not made by make; it stays."; fi

# ---- the environment -------------------------------------------------------------------------------------------------

# A Python named by the caller is used or refused; otherwise the first fit one of the usual names is taken.
CANDIDATES := $(if $(filter file,$(origin PYTHON)),$(PYTHON) python3.13 python3.12 python3.11,$(PYTHON))
FIT := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

$(BIN)/python:
	@for name in $(CANDIDATES); do \
		if "$$name" -c '$(FIT)' 2>/dev/null; then python="$$name"; break; fi; \
	done; \
	if test -z "$$python"; then \
		echo "Python 3.11, 3.12 or 3.13 is needed, and '$(PYTHON)' is $$($(PYTHON) --version 2>/dev/null || echo none):" \
			"install one of them, or name it with make PYTHON=..." >&2; exit 1; \
	fi; \
	echo "== creating .venv with $$("$$python" --version)"; \
	"$$python" -m venv --clear .venv >/dev/null 2>&1 || "$$python" -m venv --clear --without-pip .venv || exit 1; \
	"$$python" -c 'import sys; print(sys.executable)' > $(MADE_ENVIRONMENT)

# The lines of a lock that pin one package with its hashes.
PINS_OF = awk '/^(pip|setuptools)==/ { wanted = 1 } wanted { print } !/\\$$/ { wanted = 0 }' requirements.lock

# pip and setuptools first, at their locked versions: they install and build all the rest. Where the environment was made
# without pip (a Debian without python3-venv), the pip of the Python that made it lends a hand.
$(TOOLS): $(BIN)/python requirements.lock
	@$(BIN)/python -c '$(FIT)' || \
		{ echo "the Python of .venv is not 3.11, 3.12 or 3.13: remove .venv and run make again" >&2; exit 1; }
	@$(PINS_OF) > .venv/build-tools.lock
	@if $(BIN)/python -c 'import pip' 2>/dev/null; then pip="$(PIP)"; \
	else pip="$$(cat $(MADE_ENVIRONMENT)) -m pip --disable-pip-version-check --python $(BIN)/python"; fi; \
	$$pip install --quiet --compile --require-hashes -r .venv/build-tools.lock || \
		{ echo "pip 22.3 or newer is needed to fill .venv: upgrade pip, or install the venv package of your system" >&2; \
		exit 1; }
	@touch $@

$(PACKAGES): $(TOOLS) requirements.lock
	@echo "== installing the packages of requirements.lock (a few minutes the first time)"
	@$(PIP) install --quiet --compile --require-hashes --no-build-isolation -r requirements.lock
	@touch $@

$(CHECKOUT): $(PACKAGES) pyproject.toml
	@echo "== installing this checkout"
	@$(PIP) install --quiet --no-deps --no-index --no-build-isolation --editable .
	@touch $@

$(DEVELOPMENT): $(CHECKOUT) requirements-dev.lock
	@echo "== installing the packages of requirements-dev.lock"
	@$(PIP) install --quiet --compile --require-hashes --no-build-isolation -r requirements-dev.lock
	@$(PIP) check
	@touch $@
