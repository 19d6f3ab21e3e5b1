"""Where there is no way to a host, it is said how far we came."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from nodewright.errors import AuthenticationFailed, HostKeyRefused, Unreachable
from nodewright.transport import Target
from nodewright.transport.ssh import SshTransport
from tests.ssh.conftest import MakeTarget, StartSshd
from tests.ssh.scripts import answer
from tests.ssh.sshd import free_port, make_key


@contextmanager
def listener(greeting: bytes | None) -> Iterator[int]:
    """A port that says something, or nothing, and then waits for the end; it is no sshd."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = threading.Event()

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                if greeting is not None:
                    connection.sendall(greeting)
                done.wait(20)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        done.set()
        thread.join()


def target(port: int = 22, *, host: str = "127.0.0.1", timeout: float = 1.0) -> Target:
    return Target(name="node1", host=host, port=port, user="root", connect_timeout=timeout)


def test_refused(transport: SshTransport) -> None:
    port = free_port()
    with pytest.raises(Unreachable) as error:
        answer(transport, target(port), "true")
    assert str(error.value).splitlines() == [
        f"node1: 127.0.0.1:{port} refused the connection",
        "  → Check that sshd runs there, and that it is the right port.",
    ]


def test_unknown_name(transport: SshTransport) -> None:
    with pytest.raises(Unreachable, match=r"the name node1\.invalid is not known here"):
        answer(transport, target(host="node1.invalid"), "true")


def test_no_answer(transport: SshTransport) -> None:
    # A queue of one that is full: the kernel drops what else comes, as a firewall would.
    with socket.socket() as deaf, socket.socket() as first, socket.socket() as second:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for client in (first, second):
            client.setblocking(False)
            client.connect_ex(deaf.getsockname())
        port = deaf.getsockname()[1]
        with pytest.raises(Unreachable, match=f"127.0.0.1:{port} did not answer within 0.5 s"):
            answer(transport, target(port, timeout=0.5), "true")


def test_port_that_says_nothing(transport: SshTransport) -> None:
    with (
        listener(None) as port,
        pytest.raises(Unreachable, match=r"took the connection, but said nothing of SSH for 0\.5 s"),
    ):
        answer(transport, target(port, timeout=0.5), "true")


def test_port_that_speaks_something_else(transport: SshTransport) -> None:
    with (
        listener(b"HTTP/1.1 400 Bad Request\r\n" + b"Connection: close\r\n" * 100) as port,
        pytest.raises(Unreachable, match="does not speak SSH"),
    ):
        answer(transport, target(port, timeout=5.0), "true")


@pytest.mark.parametrize(
    ("option", "value", "what"),
    [
        ("Ciphers", "chacha20-poly1305@openssh.com", "cipher"),
        ("MACs", "umac-128@openssh.com", "MAC"),
        ("KexAlgorithms", "sntrup761x25519-sha512@openssh.com", "key exchange"),
    ],
)
def test_a_host_that_offers_only_what_we_do_not_speak_is_told_with_what_either_speaks(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport, option: str, value: str, what: str
) -> None:
    server = start_sshd(options={option: value})
    with pytest.raises(Unreachable) as error:
        answer(transport, target_on(server), "true")
    first, offers, ours, advice = str(error.value).splitlines()
    assert first == f"node1: 127.0.0.1:{server.port} offers no {what} that we speak"
    assert offers.split(": ")[1].startswith(value)
    assert value not in ours
    assert "sshd_config" in advice


def test_frozen_sshd_before_the_login(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd()
    server.freeze()
    with pytest.raises(Unreachable, match=r"said nothing of SSH for 0\.5 s"):
        answer(transport, target_on(server, connect_timeout=0.5), "true")


def test_bastion_that_is_down_is_named(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    gate = Target(name="gate", host="127.0.0.1", port=free_port(), user="root")
    with pytest.raises(Unreachable) as error:
        answer(transport, target_on(start_sshd(), jump=gate), "true")
    assert "node1: the bastion gate on the way: 127.0.0.1:" in str(error.value)
    assert "refused the connection" in str(error.value)


def test_bastion_that_does_not_let_us_in_is_named(
    tmp_path_factory: pytest.TempPathFactory,
    start_sshd: StartSshd,
    target_on: MakeTarget,
    transport: SshTransport,
) -> None:
    other = make_key(tmp_path_factory.mktemp("key") / "other")
    gate = target_on(start_sshd(), name="gate", key=str(other))
    with pytest.raises(AuthenticationFailed, match=r"the bastion gate on the way: .* does not let root in"):
        answer(transport, target_on(start_sshd(), jump=gate), "true")


def test_bastion_with_an_unknown_key_is_named(
    tmp_path_factory: pytest.TempPathFactory,
    start_sshd: StartSshd,
    target_on: MakeTarget,
    transport: SshTransport,
) -> None:
    empty = tmp_path_factory.mktemp("known") / "known_hosts"
    gate = target_on(start_sshd(), name="gate", known_hosts=str(empty))
    with pytest.raises(HostKeyRefused, match=r"the bastion gate on the way: .* and none is known"):
        answer(transport, target_on(start_sshd(), jump=gate), "true")


def test_host_that_the_bastion_cannot_reach(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    port = free_port()
    gate = target_on(start_sshd(), name="gate")
    with pytest.raises(Unreachable, match=f"the bastion gate does not get through to 127.0.0.1:{port}"):
        answer(transport, Target(name="node1", host="127.0.0.1", port=port, jump=gate), "true")


def test_bastion_that_does_not_forward(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    gate = target_on(start_sshd(options={"AllowTcpForwarding": "no"}), name="gate")
    with pytest.raises(Unreachable, match="the bastion gate does not forward to") as error:
        answer(transport, target_on(start_sshd(), jump=gate), "true")
    assert "AllowTcpForwarding" in str(error.value)
