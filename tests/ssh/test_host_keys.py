"""No word is said to a host that does not prove who it is."""

from __future__ import annotations

import socket
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from nodewright.errors import ConfigurationError, HostKeyRefused, Unreachable
from nodewright.transport.ssh import SshTransport
from nodewright.transport.trust import scan, trust
from tests.ssh.conftest import MakeTarget, StartSshd
from tests.ssh.scripts import answer
from tests.ssh.sshd import free_port


def test_unknown_key_is_refused_before_the_login(
    tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd()
    file = tmp_path / "known_hosts"
    with pytest.raises(HostKeyRefused) as refused:
        answer(transport, target_on(server, known_hosts=str(file)), "true")
    assert str(refused.value).splitlines() == [
        f"node1: {server.known_as} shows the host key {server.fingerprint()} (ssh-ed25519), and none is known "
        f"in {file}",
        "  → Compare the fingerprint with the host's console "
        "(`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`), then `invoke hosts.trust`.",
    ]
    assert server.count("Accepted|Failed|Invalid user") == 0


@pytest.mark.parametrize("host_keys", ["strict", "accept-new"])
def test_changed_key_is_refused_whatever_is_wished(
    host_keys: str, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    port = free_port()
    before = start_sshd(port=port)
    known_hosts = before.known_hosts()
    before.stop()
    after = start_sshd(port=port)
    with pytest.raises(HostKeyRefused) as refused:
        answer(transport, target_on(after, known_hosts=str(known_hosts), host_keys=host_keys), "true")
    told = str(refused.value)
    assert f"{after.fingerprint()} (ssh-ed25519), which is not the one we know ({known_hosts}:1)" in told
    assert f"known: {before.fingerprint()} (ssh-ed25519, {known_hosts}:1)" in told
    assert f"ssh-keygen -R '{after.known_as}' -f '{known_hosts}'" in told
    assert after.count("Accepted|Failed|Invalid user") == 0


def test_advised_command_makes_way_for_the_new_key(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd()
    target = target_on(server)
    file = server.known_hosts()
    wrong = start_sshd().folder / "host_ed25519.pub"
    file.write_text(f"{server.known_as} {wrong.read_text()}")
    with pytest.raises(HostKeyRefused) as refused:
        answer(transport, target, "true")
    command = refused.value.advice.split("`")[1]
    subprocess.run(command, shell=True, check=True, capture_output=True)
    trust(scan(transport.link(target)))
    assert answer(transport, target, "id -un") == "root"


def test_new_key_is_learned_when_that_is_wished(
    tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget
) -> None:
    server = start_sshd()
    file = tmp_path / "new" / "known_hosts"
    for host_keys in ("accept-new", "strict"):
        transport = SshTransport()
        target = target_on(server, known_hosts=str(file), host_keys=host_keys)
        assert answer(transport, target, "id -un") == "root"
        transport.close()
    public = (server.folder / "host_ed25519.pub").read_text().split()
    assert file.read_text() == f"{server.known_as} {public[0]} {public[1]}\n"
    assert file.stat().st_mode & 0o777 == 0o600


def test_known_kind_is_asked_for_where_the_host_has_several(
    tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd(host_keys=("ed25519", "rsa"))
    file = tmp_path / "known_hosts"
    file.write_text(f"{server.known_as} {(server.folder / 'host_rsa.pub').read_text()}")
    assert answer(transport, target_on(server, known_hosts=str(file)), "id -un") == "root"


def test_hashed_names_are_understood(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd()
    target = target_on(server)
    subprocess.run(
        ["ssh-keygen", "-q", "-H", "-f", str(server.known_hosts())], check=True, capture_output=True
    )
    assert "|1|" in Path(str(target.known_hosts)).read_text()
    assert answer(transport, target, "id -un") == "root"


def test_one_of_several_keys_of_a_name_is_enough(
    tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server, twin = start_sshd(), start_sshd()
    file = tmp_path / "known_hosts"
    keys = [(one.folder / "host_ed25519.pub").read_text() for one in (twin, server, twin)]
    file.write_text("".join(f"{server.known_as} {key}" for key in keys))
    assert answer(transport, target_on(server, known_hosts=str(file)), "id -un") == "root"


@pytest.mark.parametrize("host_keys", ["strict", "accept-new"])
def test_revoked_key_is_refused(
    host_keys: str, tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd()
    file = tmp_path / "known_hosts"
    public = (server.folder / "host_ed25519.pub").read_text()
    file.write_text(f"@revoked * {public}{server.known_as} {public}")
    with pytest.raises(HostKeyRefused, match=f"which is revoked \\({file}:1\\)"):
        answer(transport, target_on(server, known_hosts=str(file), host_keys=host_keys), "true")


def test_alias_of_the_ssh_configuration_names_the_host(
    tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd()
    file = tmp_path / "known_hosts"
    file.write_text(f"Node-One {(server.folder / 'host_ed25519.pub').read_text()}")
    config = tmp_path / "config"
    config.write_text("Host 127.0.0.1\n  HostKeyAlias node-one\n")
    target = target_on(server, known_hosts=str(file), ssh_config=str(config))
    assert answer(transport, target, "id -un") == "root"


def test_scan_shows_what_ssh_keygen_shows_and_trust_writes_it(
    tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd(host_keys=("ed25519", "ecdsa", "rsa"))
    target = target_on(server, known_hosts=str(tmp_path / "known_hosts"))
    seen = scan(transport.link(target))
    shown = [key.fingerprint for key in seen.new]
    assert shown == [server.fingerprint(kind) for kind in ("ed25519", "ecdsa", "rsa")]
    trust(seen)
    assert scan(transport.link(target)).new == ()
    assert answer(transport, target, "id -un") == "root"


def test_trust_does_not_talk_a_changed_key_away(
    tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server, other = start_sshd(), start_sshd()
    file = tmp_path / "known_hosts"
    old = f"{server.known_as} {(other.folder / 'host_ed25519.pub').read_text()}"
    file.write_text(old)
    with pytest.raises(HostKeyRefused, match="which is not the one we know"):
        trust(scan(transport.link(target_on(server, known_hosts=str(file)))))
    assert file.read_text() == old


def test_scan_of_a_port_that_speaks_something_else_is_told(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    target = target_on(start_sshd())
    with socket.create_server(("127.0.0.1", 0)) as other:
        threading.Thread(
            target=lambda: other.accept()[0].sendall(b"HTTP/1.1 400 Bad\r\n" * 200), daemon=True
        ).start()
        with pytest.raises(Unreachable, match="does not speak SSH"):
            scan(transport.link(replace(target, port=other.getsockname()[1])))


def test_new_key_that_cannot_be_written_down_lets_nobody_in(
    tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    (tmp_path / "file").touch()
    target = target_on(
        start_sshd(), known_hosts=str(tmp_path / "file" / "known_hosts"), host_keys="accept-new"
    )
    with pytest.raises(ConfigurationError, match="the known hosts: Not a directory"):
        answer(transport, target, "true")
