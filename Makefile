# Two commands for a newcomer: `make lab` and `make test`. Each sets up all it needs.
.DEFAULT_GOAL := help
.PHONY: help setup lab test check
PYTHON ?= python3
INVOKE := .venv/bin/invoke

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

setup: .venv/installed ## the virtual environment in .venv

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { apt-get update -qq && apt-get install -y -qq python3-venv; }
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

lab: setup ## three machines and a mirror on this one (root; the first time it compiles for some 20 minutes)
	$(INVOKE) lab.up

check: setup ## ruff, mypy and shellcheck
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

test: setup check ## everything: checks, unit, shell, ssh and the lab end to end
	.venv/bin/pytest
