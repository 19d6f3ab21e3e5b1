"""A link that goes away while a script runs is told apart from everything else, and nothing waits for ever."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from nodewright.errors import ConnectionLost, NodewrightError, SudoRefused, Unreachable
from nodewright.script.records import Begin, End, Hello
from nodewright.secret import Secret
from nodewright.transport import Message
from nodewright.transport.ssh import SshTransport
from tests.ssh.conftest import MakeTarget, StartSshd
from tests.ssh.scripts import RUN_ID, answer, message, say, wait_at


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A fifo that holds a script until a test writes to it."""
    path = tmp_path / "gate"
    os.mkfifo(path)
    return path


def test_connection_killed_in_the_middle(
    gate: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd()
    records = transport.run(target_on(server), message(say(Begin(0)), wait_at(gate)))
    assert [next(records), next(records)] == [Hello("boot"), Begin(0)]
    server.kill_sessions()
    with pytest.raises(ConnectionLost, match="the connection broke off while the script ran") as lost:
        next(records)
    assert "stops at its next step boundary" in str(lost.value)


def test_next_exec_after_a_lost_connection_connects_again(
    gate: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd()
    target = target_on(server)
    records = transport.run(target, message(wait_at(gate)))
    next(records)
    server.kill_sessions()
    with pytest.raises(ConnectionLost):
        next(records)
    assert answer(transport, target, "id -un") == "root"


def test_frozen_host_is_given_up_after_the_messages_timeout(
    gate: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd()
    records = transport.run(target_on(server), message(wait_at(gate), timeout=1.0))
    next(records)
    server.freeze()
    begun = time.monotonic()
    with pytest.raises(ConnectionLost, match="nothing was heard for 1 s while the script ran"):
        next(records)
    assert time.monotonic() - begun < 3


def test_frozen_host_is_given_up_when_a_script_is_sent_over_the_kept_connection(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd()
    target = target_on(server, connect_timeout=0.5)
    assert answer(transport, target, "id -un") == "root"
    server.freeze()
    with pytest.raises(Unreachable, match=r"said nothing of SSH for 0\.5 s"):
        answer(transport, target, "true")


def test_noise_is_no_sign_of_life(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    chatter = "for i in 1 2 3 4 5 6 7 8; do echo noise; sleep 0.5; done\n"
    with pytest.raises(ConnectionLost, match="nothing was heard for 1 s"):
        list(transport.run(target_on(start_sshd()), message(chatter, timeout=1.0)))


def test_shell_that_is_killed_is_told_with_its_last_words(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    records = transport.run(target_on(start_sshd()), message("echo out of memory\nkill -9 $$\n"))
    assert next(records) == Hello("boot")
    with pytest.raises(ConnectionLost, match="the shell was killed before the script's end") as lost:
        next(records)
    assert "    out of memory" in str(lost.value).splitlines()


def test_script_that_cannot_be_read_is_told_with_the_shells_words(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    cut = Message(run_id=RUN_ID, text=say(Hello("boot")) + "nw_main() {\n    if true; then\n")
    with pytest.raises(
        ConnectionLost, match=r"the shell ended with status \d+ before the script's end"
    ) as lost:
        list(transport.run(target_on(start_sshd()), cut))
    assert "yntax error" in lost.value.output


@pytest.mark.parametrize(
    ("command", "kind", "what"),
    [
        ("sleep 5", Unreachable, "logged in as root, then nothing was heard for 1 s"),
        ("echo Code:; sleep 5", SudoRefused, "sudo neither made root root nor refused within 1 s"),
    ],
)
def test_login_that_leads_to_no_root_shell_is_given_up(
    command: str,
    kind: type[NodewrightError],
    what: str,
    start_sshd: StartSshd,
    target_on: MakeTarget,
    transport: SshTransport,
) -> None:
    server = start_sshd(options={"ForceCommand": command})
    with pytest.raises(kind, match=what):
        list(transport.run(target_on(server, sudo_password=Secret("x")), message(timeout=1.0)))


@pytest.mark.parametrize("end", ["generator", "transport"])
def test_abandoned_script_lets_go_at_once(
    end: str, gate: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    records = transport.run(target_on(start_sshd()), message(wait_at(gate)))
    next(records)
    begun = time.monotonic()
    close: Callable[[], None] = records.close if end == "generator" else transport.close  # type: ignore[attr-defined]
    close()
    assert time.monotonic() - begun < 1


def test_closing_frees_whoever_waits_in_another_thread(
    gate: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    records = transport.run(target_on(start_sshd()), message(wait_at(gate)))
    next(records)
    ended: list[BaseException] = []

    def wait() -> None:
        try:
            next(records)
        except ConnectionLost as error:
            ended.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    transport.close()
    waiting.join(2)
    assert [type(error) for error in ended] == [ConnectionLost]


def test_closed_transport_opens_nothing_more(
    start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd()
    transport.close()
    with pytest.raises(Unreachable, match="the run is over"):
        answer(transport, target_on(server), "true")
    assert server.connects() == 0


def test_script_outlives_the_link_and_comes_to_its_end(
    gate: Path, tmp_path: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    server = start_sshd()
    result = tmp_path / "result"
    os.mkfifo(result)
    script = message(f"trap '' PIPE HUP\n{wait_at(gate)}echo went on >{result}\n")
    records = transport.run(target_on(server), script)
    next(records)
    server.kill_sessions()
    with pytest.raises(ConnectionLost):
        next(records)
    gate.write_text("open")
    told = subprocess.run(["timeout", "10", "cat", str(result)], capture_output=True, text=True, check=True)
    assert told.stdout == "went on\n"


def test_last_record_ends_it_though_a_child_holds_the_channel(
    gate: Path, start_sshd: StartSshd, target_on: MakeTarget, transport: SshTransport
) -> None:
    script = message(f"{{ {wait_at(gate).strip()}; }} &\n")
    begun = time.monotonic()
    assert list(transport.run(target_on(start_sshd()), script))[-1] == End(0)
    assert time.monotonic() - begun < 5
