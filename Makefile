# `make help` lists what can be made. Everything happens in a virtual environment of its own.

PYTHON ?= python3
VENV ?= .venv
SMOKE ?= .venv-smoke
BIN := $(VENV)/bin
# Without --no-compile pip compiles all 27,000 modules for two minutes; Python compiles those that it imports.
install = $(1)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --constraint constraints.txt
INSTALL := $(call install,$(VENV))

.DEFAULT_GOAL := help
.PHONY: help demo test smoke lint docs dist floors bench clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.installed-demo ## Set up, then go from raw text to word vectors to a classifier
	$(BIN)/wordlab demo --output demo --overwrite

test: $(VENV)/.installed-dev ## Set up, then run all tests
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

smoke: ## Test the main job with the wheel of make dist, away from the tree: PYTHON=python3.12
	$(PYTHON) -m venv --clear $(SMOKE)
	$(call install,$(SMOKE)) dist/*.whl pytest
	mkdir $(SMOKE)/away
	cp tests/test_smoke.py $(SMOKE)/away
	cd $(SMOKE)/away && ../bin/python -m pytest test_smoke.py
	$(call install,$(SMOKE)) 'wordlab[chinese]'
	$(SMOKE)/bin/wordlab corpus build README.md --tokenizer jieba -o $(SMOKE)/corpus

lint: $(VENV)/.installed-dev ## Style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/.installed-dev ## Build the documentation and run its examples
	$(BIN)/sphinx-build --quiet --fail-on-warning --fresh-env docs docs/_build/html
	@echo "docs/_build/html/index.html"

dist: $(VENV)/.installed-release ## Build the wheel and the source archive, and check them
	rm -rf build $@
	$(BIN)/python -m build
	$(BIN)/twine check --strict dist/*

floors: $(VENV)/.installed-release ## Test the main job with the lowest versions that setup.py allows
	$(PYTHON) -m venv --clear .venv-floors
	$(BIN)/uv pip install --quiet --system-certs --python .venv-floors/bin/python --resolution lowest-direct \
	  --editable '.[chinese,glove,hub,index,japanese,onnx,pieces,sentences,spacy,thai,umap]' 'hypothesis>=6.85' 'pytest>=8'
	NUMBA_CACHE_DIR=$(CURDIR)/.venv-floors/numba .venv-floors/bin/python -m pytest tests/test_smoke.py

bench: $(VENV)/.installed-bench ## Measure speed; needs WORDLAB_DATA
	$(BIN)/python benchmarks/suite.py $(BENCH)

clean: ## Delete what was built, the virtual environment included
	rm -rf $(VENV) .venv-* demo docs/_build build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed-demo: setup.py constraints.txt | $(BIN)/python
	$(INSTALL) --editable '.[demo]'
	@touch $@

$(VENV)/.installed-dev: setup.py constraints.txt | $(BIN)/python
	$(INSTALL) --editable '.[dev]'
	@touch $@ $(VENV)/.installed-demo

$(VENV)/.installed-release: setup.py constraints.txt | $(BIN)/python
	$(INSTALL) --editable '.[release]'
	@touch $@

$(VENV)/.installed-bench: setup.py constraints.txt | $(BIN)/python
	$(INSTALL) --editable '.[bench]'
	@touch $@
