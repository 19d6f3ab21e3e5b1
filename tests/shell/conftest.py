"""Every test that asks for `machine` runs under each shell, with GNU's userland and with busybox's first on PATH."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from tests.shell.machine import SHELLS, Machine


@pytest.fixture(scope="session")
def busybox_applets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a link for each of busybox's applets."""
    folder = tmp_path_factory.mktemp("applets")
    subprocess.run(["busybox", "--install", "-s", str(folder)], check=True)
    return folder


@pytest.fixture(params=[f"{shell}-{userland}" for shell, userland in product(SHELLS, ("gnu", "busybox"))])
def machine(request: pytest.FixtureRequest, tmp_path: Path, busybox_applets: Path) -> Machine:
    """A shell and its userland."""
    shell, _, userland = str(request.param).rpartition("-")
    gnu_path = os.environ["PATH"]
    path = f"{busybox_applets}:{gnu_path}" if userland == "busybox" else gnu_path
    return Machine(tmp_path, shell, path, gnu_path)


@pytest.fixture(scope="session", autouse=True)
def usual_signals() -> Iterator[None]:
    """Scripts start with the usual signals, as under sshd, also where the tests run under nohup.

    A shell cannot take back what was ignored when it was started. A handler, unlike that, ends at its start.
    """
    before = signal.signal(signal.SIGHUP, lambda *_: None)
    yield
    signal.signal(signal.SIGHUP, before)
