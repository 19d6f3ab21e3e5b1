"""A throwaway host for each test, once under each shell, with the programs of EL and of a cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shell.resources.host import SHELLS, Host

_STANDINS = Path(__file__).parent / "standins"


@pytest.fixture(params=SHELLS)
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Host:
    """A host as it is before anybody touched it."""
    return Host.made(tmp_path / "root", request.param, _STANDINS)
