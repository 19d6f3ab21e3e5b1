# Two commands for a newcomer: `make lab` and `make test`. Each sets up all it needs.
.DEFAULT_GOAL := help
.PHONY: help setup tools lab check test
PYTHON ?= python3
INVOKE := .venv/bin/invoke
# What the tests drive besides Python: shells, an SSH server, linters. The lab installs its own programs.
TEST_TOOLS := busybox csh dash fish openssh-client openssh-server shellcheck sudo vagrant

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

setup: .venv/installed ## the virtual environment in .venv

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { apt-get update -qq && apt-get install -y -qq python3-venv; }
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

tools: ## the programs that the tests need, by apt
	@dpkg-query -W $(TEST_TOOLS) >/dev/null 2>&1 || { apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(TEST_TOOLS); }

INVENTORY := $(or $(XDG_STATE_HOME),$(HOME)/.local/state)/nodewright/labs/default/inventory.yaml

lab: setup ## a three-node cluster on this machine (root; the first time it compiles for some 20 minutes)
	$(INVOKE) lab.up
	$(INVOKE) provision --inventory $(INVENTORY)
	@printf '%s\n' '' 'The cluster runs. Look at it:' \
	  '  export INVOKE_INVENTORY=$(INVENTORY)' \
	  '  $(INVOKE) status                 its hosts and nodes' \
	  '  $(INVOKE) smoke                  fetch the page again' \
	  '  $(INVOKE) lab.shell node1        then: kubectl get pods --all-namespaces' \
	  '  $(INVOKE) lab.down               take it all away'

check: setup tools ## ruff, mypy and shellcheck
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	shellcheck $$(git grep -lE '^#!/bin/(ba)?sh' -- ':!tests/golden')

test: check ## everything: checks, unit, shell, ssh and the lab end to end; what is quick comes first
	.venv/bin/pytest --numprocesses=auto tests/unit tests/shell
	.venv/bin/pytest tests/ssh tests/lab tests/e2e
