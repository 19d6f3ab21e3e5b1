"""What the tests over SSH share: users, a client's key, servers that surely stop, and a transport that closes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nodewright.transport import Target
from nodewright.transport.ssh import SshTransport
from tests.ssh.sshd import Sshd, make_key
from tests.ssh.users import Users

StartSshd = Callable[..., Sshd]
MakeTarget = Callable[..., Target]


@pytest.fixture(scope="session")
def users() -> Iterator[Users]:
    made = Users()
    yield made
    made.remove()


@pytest.fixture(scope="session")
def client_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_key(tmp_path_factory.mktemp("client") / "id_ed25519")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home without an agent: the tester's own keys and SSH configuration stay out of it."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return home


@pytest.fixture
def start_sshd(tmp_path_factory: pytest.TempPathFactory, client_key: Path) -> Iterator[StartSshd]:
    """Starts servers that the client's key may log in to as anybody."""
    started: list[Sshd] = []
    folder = tmp_path_factory.mktemp("sshd")
    # sshd reads authorized_keys as the user who logs in.
    for part in (folder, *folder.parents):
        if part.owner() == "root" and part.is_relative_to(tmp_path_factory.getbasetemp().parent):
            part.chmod(0o755)
    numbers = itertools.count()

    def start(**settings: Any) -> Sshd:
        authorized = client_key.with_name("id_ed25519.pub").read_text()
        server = Sshd(folder / str(next(numbers)), settings.pop("authorized", authorized), **settings)
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def target_on(client_key: Path) -> MakeTarget:
    """A target that knows the server's key and logs in as root with the client's."""

    def make(server: Sshd, **fields: Any) -> Target:
        target = Target(
            name="node1",
            host=server.address,
            port=server.port,
            user="root",
            key=str(client_key),
            known_hosts=str(server.known_hosts()),
            connect_timeout=5.0,
        )
        return replace(target, **fields)

    return make


@pytest.fixture
def transport() -> Iterator[SshTransport]:
    opened = SshTransport()
    yield opened
    opened.close()
