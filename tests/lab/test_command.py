"""Programs that make things: their output is in a log, their failure is a sentence, and no child is left."""

import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from lab.command import CommandError, Stopped, run


def test_what_a_program_says_is_returned_and_added_to_the_log(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "log"
    assert run(["echo", "one"], log) == "one\n"
    assert run(["sh", "-c", "echo $WORD >&2"], log, env={"WORD": "two"}) == "two\n"
    assert log.read_text() == "one\ntwo\n"


def test_a_failure_names_the_program_its_status_its_log_and_its_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(CommandError) as failure:
        run(["/bin/sh", "-c", "seq 20; exit 3"], log)
    said = str(failure.value).splitlines()
    assert said[0] == f"sh failed with status 3; all of its output is in {log}:"
    assert [said[1], said[12]] == ["  9", "  20"]


STUBBORN_CHILD = "echo $$; (trap '' TERM; echo child; sleep 600; true) & wait"


def test_a_program_that_is_stopped_ends_with_all_that_it_started(tmp_path: Path) -> None:
    log, stop = tmp_path / "log", threading.Event()

    def stop_it_once_it_runs() -> None:
        while not log.exists() or "child" not in log.read_text():
            pass
        stop.set()

    threading.Thread(target=stop_it_once_it_runs).start()
    with pytest.raises(Stopped):
        run(["sh", "-c", STUBBORN_CHILD], log, stop=stop)
    session = log.read_text().split()[0]
    deadline = time.monotonic() + 5
    while session in sessions():  # a killed child is gone a moment after the call that killed it
        assert time.monotonic() < deadline


def sessions() -> set[str]:
    """The sessions of all processes that live: in stat, after the name, come state, parent, group, session."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, _, session = stat.read_text().rpartition(")")[2].split()[:4]
            found |= set() if state == "Z" else {session}
    return found
