"""What the lab's tests share: the mirror, which the first of them that needs it has to make."""

from collections.abc import Iterator

import pytest

from lab import host, lifecycle
from lab import mirror as mirrors
from lab.cache import Cache
from lab.mirror import Mirror
from lab.progress import Progress
from lab.settings import Lab


@pytest.fixture(scope="session")
def cache() -> Iterator[Cache]:
    """The user's own cache: what is made for the tests serves labs as well."""
    with Cache() as opened:
        yield opened


@pytest.fixture(scope="session")
def mirror(cache: Cache, pytestconfig: pytest.Config) -> Mirror:
    """The default mirror. Making it takes minutes the first time, so what it says is not captured."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    host.require_root()
    host.install_packages()
    with capture.global_and_fixture_disabled(), Progress() as progress:
        return mirrors.build(cache, progress=progress)


@pytest.fixture(scope="session")
def nodes(mirror: Mirror) -> Iterator[Lab]:
    """Lab `test` with the default topology: whatever an earlier run left of it is taken away first.

    Tests share it; one that breaks a node mends it.
    """
    lifecycle.down("test")
    yield lifecycle.up("test")
    lifecycle.down("test")
