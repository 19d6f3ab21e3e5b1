"""One connection a host, kept; one a bastion, shared; and the few things that make it quick."""

from __future__ import annotations

import re
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nodewright.errors import Unreachable
from nodewright.script.records import End, Hello, OutputValue
from nodewright.transport import Target
from nodewright.transport.ssh import SshTransport
from nodewright.transport.tuned import TunedTransport
from tests.ssh.conftest import MakeTarget, StartSshd
from tests.ssh.scripts import answer, ask, message


def test_connection_is_kept_between_execs(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd()
    target = target_on(server)
    for _ in range(3):
        assert answer(transport, target, "id -un") == "root"
    assert server.connects() == 1


def test_many_threads_open_one_connection(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd()
    target = target_on(server)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: answer(transport, target, "id -un"), range(8)))
    assert answers == ["root"] * 8
    assert server.connects() == 1


def test_twenty_hosts_share_one_connection_to_their_bastion(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    bastion, server = start_sshd(), start_sshd()
    gate = target_on(bastion, name="gate")
    hosts = [target_on(server, name=f"node{number}", jump=gate) for number in range(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda host: answer(transport, host, "id -un"), hosts))
    assert answers == ["root"] * 20
    assert (bastion.connects(), server.connects()) == (1, 20)


def test_bastion_behind_a_bastion(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    outer, inner, server = start_sshd(), start_sshd(), start_sshd()
    gate = target_on(inner, name="inner", jump=target_on(outer, name="outer"))
    assert answer(transport, target_on(server, jump=gate), "id -un") == "root"
    assert (outer.connects(), inner.connects(), server.connects()) == (1, 1, 1)


def test_bastion_whose_connection_died_is_connected_again(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    bastion, server = start_sshd(), start_sshd()
    target = target_on(server, jump=target_on(bastion, name="gate"))
    assert answer(transport, target, "id -un") == "root"
    bastion.kill_sessions()
    assert answer(transport, target, "id -un") == "root"
    assert bastion.connects() == 2


def test_user_reaches_hosts_as_the_ssh_configuration_says(
    tmp_path: Path, client_key: Path, start_sshd: StartSshd, transport: SshTransport
) -> None:
    bastion, server = start_sshd(), start_sshd()
    known_hosts = tmp_path / "known_hosts"
    known_hosts.write_text(bastion.known_hosts().read_text() + server.known_hosts().read_text())
    (tmp_path / "more").write_text(
        f"Host node-*\n  HostName 127.0.0.1\n  Port {server.port}\n  ProxyJump gate\n"
        f"Host gate\n  HostName 127.0.0.1\n  Port {bastion.port}\n"
    )
    config = tmp_path / "config"
    config.write_text(
        f"Include {tmp_path}/mor*\nHost *\n  User root\n  IdentityFile {client_key}\n"
        f"  UserKnownHostsFile {known_hosts}\n"
    )
    for name in ("node-a", "node-b"):
        target = Target(name=name, host=name, ssh_config=str(config))
        assert answer(transport, target, "id -un") == "root"
    assert (bastion.connects(), server.connects()) == (1, 2)


def test_host_keys_of_configured_bastions_are_checked(
    tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    bastion, server = start_sshd(), start_sshd()
    config = tmp_path / "config"
    config.write_text(f"Host 127.0.0.1\n  ProxyJump root@localhost:{bastion.port}\n")
    with pytest.raises(Exception, match=r"the bastion localhost on the way: .* and none is known"):
        answer(transport, target_on(server, ssh_config=str(config)), "true")


def test_proxy_command(
    tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd()
    config = tmp_path / "config"
    config.write_text("Host *\n  ProxyCommand echo %r | tr a-z A-Z >&2; busybox nc %h %p\n")
    assert answer(transport, target_on(server, ssh_config=str(config)), "id -un") == "root"


def test_host_that_turns_connections_away_is_asked_again(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd(options={"MaxStartups": 1, "LoginGraceTime": 20})
    target = target_on(server)
    with ThreadPoolExecutor(1) as pool:
        with socket.create_connection((server.address, server.port)):
            asked = pool.submit(answer, transport, target, "id -un")
            server.wait_for_log("past MaxStartups")
        assert asked.result() == "root"


def test_host_that_always_turns_us_away_is_given_up(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nodewright.transport.link._FIRST_DELAY", 0.01)
    server = start_sshd(options={"MaxStartups": 1, "LoginGraceTime": 20})
    with (
        socket.create_connection((server.address, server.port)),
        pytest.raises(Unreachable, match="closes connections before SSH begins") as error,
    ):
        answer(transport, target_on(server), "true")
    assert "MaxStartups" in str(error.value)


def test_refused_session_is_told(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd(options={"MaxSessions": 0})
    with pytest.raises(Unreachable, match="allows no further session"):
        answer(transport, target_on(server), "true")


def test_socket_is_told_not_to_wait_and_when_to_give_up(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    link = transport.link(target_on(start_sshd(), keepalive=7.0))
    stream = link.session().get_transport().sock
    assert isinstance(stream, socket.socket)
    assert stream.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
    assert stream.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 21_000


def test_idle_connection_is_kept_alive(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd(options={"LogLevel": "DEBUG3"})
    transport.link(target_on(server, keepalive=1.0)).session()
    server.wait_for_log(re.escape("rtype keepalive@lag.net"))


def test_exec_takes_no_thread_besides_paramikos_one(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    target = target_on(start_sshd())
    before = set(threading.enumerate())
    records = transport.run(target, message(ask("id -un")))
    next(records)
    assert len(set(threading.enumerate()) - before) == 1
    list(records)


def test_closing_wakes_and_ends_the_thread_of_a_connection(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TunedTransport, "_active_check_timeout", 600.0)
    opened = transport.link(target_on(start_sshd())).session().get_transport()
    transport.close()
    opened.join(10)
    assert not opened.is_alive()


@pytest.mark.parametrize(
    ("offered", "used"),
    [
        ("aes256-ctr,aes256-gcm@openssh.com", "aes256-gcm@openssh.com"),
        ("aes256-ctr,aes128-ctr", "aes128-ctr"),
    ],
)
def test_cipher_that_authenticates_by_itself_is_used_where_the_host_has_one(
    offered: str, used: str, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd(options={"Ciphers": offered})
    opened = transport.link(target_on(server)).session().get_transport()
    assert opened.local_cipher == used


def test_failed_opening_leaves_no_thread_behind(
    tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    target = target_on(start_sshd(), known_hosts=str(tmp_path / "none"))
    before = set(threading.enumerate())
    with pytest.raises(Exception, match="none is known"):
        answer(transport, target, "true")
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
    assert set(threading.enumerate()) <= before


def test_large_script_arrives_whole(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    size = 16 * 1024 * 1024
    big = message(f"big='{'x' * size}'\n", ask("echo ${#big}"), timeout=30)
    records = list(transport.run(target_on(start_sshd()), big))
    assert records == [Hello("boot"), OutputValue("answer", f"{size}\n"), End(0)]
    assert big.traffic.sent > size


def test_large_answers_arrive_whole(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    big = message(*[ask("head -c 1000000 /dev/zero | tr '\\0' x")] * 4, timeout=30)
    values = [r.value for r in transport.run(target_on(start_sshd()), big) if isinstance(r, OutputValue)]
    assert values == ["x" * 1_000_000] * 4
    assert big.traffic.received > 4_000_000


def test_noise_on_standard_error_does_not_block_the_records(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd(options={"ForceCommand": "head -c 1500000 /dev/zero >&2; eval $SSH_ORIGINAL_COMMAND"})
    target = target_on(server)
    loud = message("exec 2>/dev/null\n", *[ask("echo still here")] * 3)
    for _ in range(3):
        assert list(transport.run(target, loud))[-1] == End(0)


def test_two_targets_with_keys_of_their_own_do_not_mix(
    tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd()
    good = target_on(server)
    with pytest.raises(Exception, match="there is no such file") as error:
        answer(transport, target_on(server, name="node2", key=str(tmp_path / "none")), "true")
    assert str(good.key) not in str(error.value)
    assert answer(transport, good, "id -un") == "root"
