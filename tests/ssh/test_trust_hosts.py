"""`hosts.trust`: an inventory's hosts become known, those behind a bastion too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nodewright.errors import HostKeyRefused
from nodewright.transport import Target
from nodewright.transport.ssh import SshTransport
from nodewright.workflow.context import Host
from tests.ssh.conftest import MakeTarget, StartSshd
from tests.ssh.scripts import answer
from tests.ssh.sshd import free_port
from workflows.host_keys import trust_hosts


def host(target: Target) -> Host[Any]:
    return Host(name=target.name, address=target.host, groups=(), target=target, settings=None)


def test_hosts_behind_an_unknown_bastion_become_known_with_it(
    tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    file = str(tmp_path / "known_hosts")
    bastion, server = start_sshd(), start_sshd()
    gate = target_on(bastion, name="gate", known_hosts=file)
    target = target_on(server, known_hosts=file, jump=gate)
    said: list[str] = []
    assert trust_hosts([host(target)], said.append) == []
    assert said == [
        f"gate  ssh-ed25519  {bastion.fingerprint()}  new in {file}",
        f"node1  ssh-ed25519  {server.fingerprint()}  new in {file}",
    ]
    assert answer(transport, target, "id -un") == "root"


def test_a_changed_key_is_shown_as_such_and_not_written(start_sshd: StartSshd, target_on: MakeTarget) -> None:
    port = free_port()
    before = start_sshd(port=port)
    known_hosts = before.known_hosts()
    known = known_hosts.read_text()
    before.stop()
    target = target_on(start_sshd(port=port), known_hosts=str(known_hosts))
    said: list[str] = []
    [problem] = trust_hosts([host(target)], said.append)
    assert isinstance(problem, HostKeyRefused)
    assert [line.split()[-1] for line in said] == ["CHANGED"]
    assert known_hosts.read_text() == known


def test_one_host_that_is_down_hinders_no_other(
    tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget
) -> None:
    server = start_sshd()
    up = target_on(server, known_hosts=str(tmp_path / "known_hosts"))
    down = Target(name="node2", host="127.0.0.1", port=free_port())
    said: list[str] = []
    [problem] = trust_hosts([host(down), host(up)], said.append)
    assert problem.host == "node2"
    assert [line.split()[0] for line in said] == ["node1"]


def test_a_host_without_a_cipher_of_ours_is_not_told_to_make_keys(
    start_sshd: StartSshd, target_on: MakeTarget, tmp_path: Path
) -> None:
    server = start_sshd(options={"Ciphers": "chacha20-poly1305@openssh.com"})
    target = target_on(server, known_hosts=str(tmp_path / "known_hosts"))
    (error,) = trust_hosts([host(target)], lambda _: None)
    assert "offers no cipher that we speak" in str(error)


def test_the_operators_own_machine_is_not_asked() -> None:
    assert trust_hosts([host(Target(name="here", host="192.0.2.1", local=True))], print) == []
