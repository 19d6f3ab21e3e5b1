"""How we log in: keys, passphrases, the agent, passwords; and what is said when none of it is taken."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nodewright.errors import AuthenticationFailed, Unreachable
from nodewright.secret import Secret
from nodewright.transport.ssh import SshTransport
from tests.ssh.conftest import MakeTarget, StartSshd
from tests.ssh.scripts import answer
from tests.ssh.sshd import make_key
from tests.ssh.users import PASSWORD, Users


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An agent without keys; its socket."""
    path = tmp_path / "agent"
    started = subprocess.run(["ssh-agent", "-s", "-a", str(path)], check=True, capture_output=True, text=True)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
    yield path
    os.kill(int(started.stdout.split("SSH_AGENT_PID=")[1].split(";")[0]), signal.SIGTERM)


def public(key: Path) -> str:
    return key.with_name(f"{key.name}.pub").read_text()


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_key_with_a_passphrase(
    kind: str, tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    key = make_key(tmp_path / "key", kind=kind, passphrase="pässword")
    target = target_on(start_sshd(authorized=public(key)), key=str(key), passphrase=Secret("pässword"))
    assert answer(transport, target, "id -un") == "root"


@pytest.mark.parametrize(
    ("passphrase", "reason"),
    [
        (None, "is encrypted, and neither a passphrase is given nor does the agent hold it"),
        (Secret("wrong"), "the passphrase does not fit"),
    ],
)
def test_key_that_stays_encrypted_is_told(
    passphrase: Secret | None,
    reason: str,
    tmp_path: Path,
    start_sshd: StartSshd,
    target_on: MakeTarget,
    transport: SshTransport,
) -> None:
    key = make_key(tmp_path / "key", passphrase="right")
    target = target_on(start_sshd(authorized=public(key)), key=str(key), passphrase=passphrase)
    with pytest.raises(AuthenticationFailed) as refused:
        answer(transport, target, "true")
    assert f"key {key}: {reason}" in str(refused.value)


def test_key_that_is_not_there_is_told(
    tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    with pytest.raises(AuthenticationFailed, match=r"does not let root in") as refused:
        answer(transport, target_on(start_sshd(), key=str(tmp_path / "none")), "true")
    assert f"key {tmp_path / 'none'}: there is no such file" in str(refused.value)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (lambda path: path.mkdir(), "cannot be read: Is a directory"),
        (lambda path: path.write_text("ssh-ed25519 AAAA me@desk\n"), "is no private key that we can read"),
        (lambda path: path.write_bytes(b"\xff\0"), "is no private key that we can read"),
    ],
    ids=["folder", "public", "binary"],
)
def test_what_is_no_private_key_is_told(
    made: Callable[[Path], object],
    reason: str,
    tmp_path: Path,
    start_sshd: StartSshd,
    target_on: MakeTarget,
    transport: SshTransport,
) -> None:
    key = tmp_path / "key"
    made(key)
    with pytest.raises(AuthenticationFailed) as refused:
        answer(transport, target_on(start_sshd(), key=str(key)), "true")
    assert f"key {key}: {reason}" in str(refused.value)


def test_refused_key_is_told_with_user_and_key(
    tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport, users: Users
) -> None:
    key = make_key(tmp_path / "key")
    server = start_sshd()
    with pytest.raises(AuthenticationFailed) as refused:
        answer(transport, target_on(server, key=str(key), user=users["plain"]), "true")
    assert str(refused.value).splitlines() == [
        f"node1: 127.0.0.1:{server.port} does not let {users['plain']} in",
        f"    key {key}: refused",
        f"  → Add our key to {users['plain']}'s authorized_keys, or name another user or key.",
    ]


def test_key_of_the_agent(
    agent: Path, tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    key = make_key(tmp_path / "key")
    subprocess.run(["ssh-add", "-q", str(key)], check=True)
    assert answer(transport, target_on(start_sshd(authorized=public(key)), key=None), "id -un") == "root"


def test_agent_stands_in_for_an_encrypted_key(
    agent: Path,
    tmp_path: Path,
    start_sshd: StartSshd,
    target_on: MakeTarget,
    transport: SshTransport,
) -> None:
    key = make_key(tmp_path / "key")
    subprocess.run(["ssh-add", "-q", str(key)], check=True)
    subprocess.run(["ssh-keygen", "-q", "-p", "-N", "unknown to us", "-f", str(key)], check=True)
    server = start_sshd(authorized=public(key))
    assert answer(transport, target_on(server, key=str(key)), "id -un") == "root"


def test_named_key_goes_before_the_agents_many(
    agent: Path, tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    for number in range(4):
        subprocess.run(["ssh-add", "-q", str(make_key(tmp_path / f"other{number}"))], check=True)
    target = target_on(start_sshd(options={"MaxAuthTries": 2}))
    assert answer(transport, target, "id -un") == "root"


def test_host_that_hangs_up_after_too_many_keys_is_told(
    agent: Path, tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    for number in range(4):
        subprocess.run(["ssh-add", "-q", str(make_key(tmp_path / f"other{number}"))], check=True)
    target = target_on(start_sshd(options={"MaxAuthTries": 2}), key=None)
    with pytest.raises(AuthenticationFailed, match="then the host closed the connection"):
        answer(transport, target, "true")


def test_usual_keys_are_tried_when_none_is_named(
    home: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    (home / ".ssh").mkdir()
    key = make_key(home / ".ssh" / "id_ecdsa", kind="ecdsa")
    assert answer(transport, target_on(start_sshd(authorized=public(key)), key=None), "id -un") == "root"


def test_nothing_to_log_in_with_is_told(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    with pytest.raises(AuthenticationFailed, match="nothing was tried: there is no key, no agent"):
        answer(transport, target_on(start_sshd(), key=None), "true")


@pytest.mark.parametrize("method", ["PasswordAuthentication", "KbdInteractiveAuthentication"])
def test_password(
    method: str, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport, users: Users
) -> None:
    server = start_sshd(options={"UsePAM": "yes", method: "yes"})
    target = target_on(server, key=None, user=users["plain"], password=Secret(PASSWORD))
    assert answer(transport, target, "id -un") == "root"


def test_wrong_password_is_told_and_not_shown(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport, users: Users
) -> None:
    server = start_sshd(options={"PasswordAuthentication": "yes"})
    target = target_on(server, key=None, user=users["plain"], password=Secret("not this one"))
    with pytest.raises(AuthenticationFailed, match="password: refused") as refused:
        answer(transport, target, "true")
    assert "not this one" not in str(refused.value)


def test_password_for_a_host_that_takes_only_keys_is_told(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport, users: Users
) -> None:
    target = target_on(start_sshd(), key=None, user=users["plain"], password=Secret(PASSWORD))
    with pytest.raises(AuthenticationFailed, match="password: the host takes only publickey"):
        answer(transport, target, "true")


def test_host_that_does_not_decide_about_a_key_is_given_up(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd(
        options={
            "AuthorizedKeysFile": "none",
            "AuthorizedKeysCommand": "/usr/bin/sleep 20",
            "AuthorizedKeysCommandUser": "root",
        }
    )
    with pytest.raises(Unreachable, match="did not say within 1 s whether it lets root in"):
        answer(transport, target_on(server, connect_timeout=1.0), "true")


def test_host_that_wants_key_and_password_gets_both(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport, users: Users
) -> None:
    server = start_sshd(
        options={"PasswordAuthentication": "yes", "AuthenticationMethods": "publickey,password"}
    )
    target = target_on(server, user=users["plain"], password=Secret(PASSWORD))
    assert answer(transport, target, "id -un") == "root"


def test_second_method_that_we_do_not_have_is_told(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport, users: Users
) -> None:
    server = start_sshd(
        options={"PasswordAuthentication": "yes", "AuthenticationMethods": "publickey,password"}
    )
    with pytest.raises(AuthenticationFailed, match="taken, and the host wants password besides"):
        answer(transport, target_on(server, user=users["plain"]), "true")
