"""What the end-to-end tests share: a lab of their own, and a terminal to type the commands in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import lifecycle
from tests.e2e.machines import Document, Machines
from tests.e2e.terminal import Terminal

LAB = "test"


@pytest.fixture(scope="package")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """One user's terminal for all tests: a kubeconfig that one command leaves, another one finds."""
    return Terminal(tmp_path_factory.mktemp("terminal"))


@pytest.fixture(scope="package")
def all_machines(operator: Terminal, pytestconfig: pytest.Config) -> Iterator[Machines]:
    """Lab `test`: whatever an earlier run left of it is taken away first."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    lifecycle.down(LAB)
    # Making the mirror takes minutes the first time, so what it says is not captured.
    with capture.global_and_fixture_disabled():
        lab = lifecycle.up(LAB)
    yield Machines(lab, operator)
    lifecycle.down(LAB)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A user's terminal for one test alone."""
    return Terminal(tmp_path)


@pytest.fixture
def document(all_machines: Machines) -> Document:
    """The lab's inventory, for one test to change."""
    return all_machines.document()
