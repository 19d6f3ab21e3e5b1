"""Transports that need no network: this machine, a function, and the choice between them."""

from __future__ import annotations

import os
import subprocess
import threading
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from nodewright.errors import ConnectionLost, SudoRefused, Unreachable
from nodewright.script.records import End, Hello, OutputValue, Ready, Record, encode
from nodewright.secret import Secret
from nodewright.transport import Message, Target, Transport
from nodewright.transport.by_target import ByTarget
from nodewright.transport.exchange import command_line, exchange
from nodewright.transport.local import LocalTransport
from nodewright.transport.ssh import SshTransport
from tests.fake_transport import FakeTransport
from tests.ssh.scripts import RUN_ID, answer, ask, message, say, wait_at

HERE = Target(name="here", host="localhost", local=True)


@pytest.fixture
def transport() -> Iterator[LocalTransport]:
    opened = LocalTransport()
    yield opened
    opened.close()


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A fifo that holds a script until a test writes to it."""
    path = tmp_path / "gate"
    os.mkfifo(path)
    return path


def test_all_transports_keep_the_protocol() -> None:
    local, fake, ssh = LocalTransport(), FakeTransport(lambda target, sent: []), SshTransport()
    transports: list[Transport] = [local, fake, ssh, ByTarget(local=local, remote=ssh)]
    for transport in transports:
        transport.close()


def test_local_script_runs_as_root_and_its_bytes_are_counted(transport: LocalTransport) -> None:
    sent = message(ask("id -un"))
    assert [type(record).__name__ for record in transport.run(HERE, sent)] == ["Hello", "OutputValue", "End"]
    assert sent.traffic.sent == len(sent.text)
    assert sent.traffic.received > 0


def test_local_script_has_a_session_of_its_own(transport: LocalTransport) -> None:
    assert answer(transport, HERE, "ps -o sid= -p $$") != str(os.getsid(0))


def test_local_script_that_ends_early_is_told(transport: LocalTransport) -> None:
    with pytest.raises(ConnectionLost, match="the shell ended with status 3 before the script's end"):
        list(transport.run(HERE, message("exit 3\n")))


def test_local_script_that_hangs_is_given_up(transport: LocalTransport, gate: Path) -> None:
    with pytest.raises(ConnectionLost, match=r"nothing was heard for 0\.5 s"):
        list(transport.run(HERE, message(wait_at(gate), timeout=0.5)))


def test_local_script_that_is_abandoned_goes_on_and_holds_nobody(
    transport: LocalTransport, gate: Path, tmp_path: Path
) -> None:
    result = tmp_path / "result"
    os.mkfifo(result)
    records = transport.run(HERE, message(f"trap '' PIPE\n{wait_at(gate)}echo went on >{result}\n"))
    next(records)
    begun = time.monotonic()
    records.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begun < 1
    gate.write_text("open")
    told = subprocess.run(["timeout", "10", "cat", str(result)], capture_output=True, text=True, check=True)
    assert told.stdout == "went on\n"


def test_closing_frees_whoever_waits_for_a_local_script(transport: LocalTransport, gate: Path) -> None:
    records = transport.run(HERE, message(wait_at(gate)))
    next(records)
    ended: list[type] = []

    def wait() -> None:
        try:
            next(records)
        except ConnectionLost as error:
            ended.append(type(error))

    waiting = threading.Thread(target=wait)
    waiting.start()
    transport.close()
    waiting.join(2)
    assert ended == [ConnectionLost]


def test_cut_short_script_does_not_start(transport: LocalTransport) -> None:
    text = f"main() {{\n{say(Hello('boot'))}{say(End(0))}}}\nmain\n"
    assert list(transport.run(HERE, Message(run_id=RUN_ID, text=text))) == [Hello("boot"), End(0)]
    for length in range(0, len(text) - len("main\n") + 1, 7):
        with pytest.raises(ConnectionLost):
            list(transport.run(HERE, Message(run_id=RUN_ID, text=text[:length])))


def test_command_line_depends_on_nothing_but_the_run() -> None:
    assert command_line("run-1", asks_password=False).replace("run-1", "run-2") == command_line(
        "run-2", asks_password=False
    )


def test_fake_answers_as_its_function_says_and_remembers_what_was_sent() -> None:
    def play(target: Target, sent: Message) -> Iterator[Record]:
        yield Hello(target.name)
        raise ConnectionLost("gone", host=target.name)

    transport = FakeTransport(play)
    sent = message()
    records = transport.run(HERE, sent)
    assert next(records) == Hello("here")
    with pytest.raises(ConnectionLost, match="gone"):
        next(records)
    assert transport.sent == [(HERE, sent)]


def test_each_target_goes_its_way() -> None:
    local, remote = (FakeTransport(lambda target, sent: [End(0)]) for _ in range(2))
    both = ByTarget(local=local, remote=remote)
    there = Target(name="there", host="there")
    for target in (HERE, there, there):
        assert list(both.run(target, message())) == [End(0)]
    both.close()
    assert [target.name for target, _ in local.sent] == ["here"]
    assert [target.name for target, _ in remote.sent] == ["there", "there"]
    assert (local.closed, remote.closed) == (True, True)


def test_bastions_in_a_circle_are_told(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("Host a\n  ProxyJump b\nHost b\n  ProxyJump a\n")
    with pytest.raises(Exception, match="leads through more than 16 bastions"):
        SshTransport().link(Target(name="a", host="a", ssh_config=str(config)))


def test_name_that_no_resolver_takes_is_unreachable() -> None:
    target = Target(name="node1", host="node..1", known_hosts="/none")
    with pytest.raises(Unreachable, match=r"the name node\.\.1 is not known here"):
        answer(SshTransport(), target, "true")


class Talker:
    """A Wire whose other side says what it is told to."""

    def __init__(self, said: Iterator[bytes], *, status: int | None = 0, deaf: bool = False) -> None:
        self.said = said
        self.ended_with = status
        self.deaf = deaf
        self.sent = bytearray()
        self.closed = False

    def send(self, data: memoryview, timeout: float) -> None:
        if self.deaf:
            raise BrokenPipeError
        self.sent += data

    def finish(self) -> None:
        self.sent += b"EOF"

    def receive(self, timeout: float) -> bytes:
        return next(self.said, b"")

    def status(self) -> int | None:
        return self.ended_with

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("begin", [b"", f"{RUN_ID}\toutput\tanswer\t".encode()], ids=["noise", "record"])
def test_a_line_without_end_does_not_fill_the_operators_memory(begin: bytes) -> None:
    megabytes = (b"x" * 2**20 for _ in range(64))
    ready, end = f"\n{RUN_ID}\tready\n".encode(), b"\n" + encode(End(0), RUN_ID)
    wire = Talker(chain([ready + begin], megabytes, [end]))
    tracemalloc.start()
    try:
        assert list(exchange(wire, HERE, message(), user="root")) == [End(0)]
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 16 * 2**20
    assert wire.closed


def test_the_longest_answer_arrives_whole_in_whatever_pieces() -> None:
    record = OutputValue("answer", "é" * 2**19)
    line = encode(Ready(), RUN_ID) + encode(record, RUN_ID) + encode(End(0), RUN_ID)
    pieces = (line[start : start + 32767] for start in range(0, len(line), 32767))
    assert list(exchange(Talker(pieces), HERE, message(), user="root")) == [record, End(0)]


def test_link_that_goes_before_the_script_was_sent_changed_nothing() -> None:
    wire = Talker(iter([b"Welcome\n"]), status=None)
    target = replace(HERE, sudo_password=Secret("x"))
    with pytest.raises(Unreachable, match="broke off before the script was sent") as error:
        list(exchange(wire, target, message(), user="ann"))
    assert "Nothing was changed" in error.value.advice
    assert wire.sent == b""


def test_shell_that_ends_while_the_script_is_sent_is_told_with_its_own_words() -> None:
    said = b"sudo: ann is not in the sudoers file.\n"
    with pytest.raises(SudoRefused, match="ann is not in the sudoers file"):
        list(exchange(Talker(iter([said]), status=1, deaf=True), HERE, message(), user="ann"))


def test_sudo_that_refuses_in_words_of_its_own_is_told_with_them() -> None:
    said = b"sudo: the moon is in the wrong phase\n"
    with pytest.raises(SudoRefused, match="sudo did not make ann root") as error:
        list(exchange(Talker(iter([said]), status=1), HERE, message(), user="ann"))
    assert "the moon" in error.value.output
