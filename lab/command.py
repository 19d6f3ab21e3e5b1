"""Running the programs that make things, with their output in a log and their failure as a sentence."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event

from lab.errors import LabError

POLL_SECONDS = 0.1
GRACE = 5.0
TELLING_LINES = 12


class CommandError(LabError):
    """A program failed: which, where its log is, and its last lines."""

    def __init__(self, program: str, status: int, log: Path, output: str) -> None:
        self.output = output
        last = "\n".join(f"  {line}" for line in output.splitlines()[-TELLING_LINES:])
        super().__init__(
            f"{program} failed with status {status}; all of its output is in {log}:\n{last}\n"
            "What was made so far is kept: mend this, and run it again."
        )


class Stopped(LabError):
    """Something else failed, or the user interrupted: what was running was ended."""


def run(
    argv: Sequence[str | Path],
    log: Path,
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stop: Event | None = None,
) -> str:
    """Run a program to its end; its output is appended to `log` and returned.

    `env` is added to this process's own. Raises CommandError when it fails and Stopped when `stop` was set:
    then the program and all that it started have ended.
    """
    command = [str(word) for word in argv]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a+b") as file:
        begin = file.seek(0, os.SEEK_END)
        with subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            # A session of its own: Ctrl-C is for us alone, and ending it ends what it started.
            start_new_session=True,
        ) as process:
            status = _wait(process, stop or Event())
        file.seek(begin)
        output = file.read().decode(errors="replace")
    if status != 0:
        raise CommandError(command[0].rpartition("/")[2], status, log, output)
    return output


def _wait(process: subprocess.Popen[bytes], stop: Event) -> int:
    while True:
        try:
            return process.wait(timeout=POLL_SECONDS)
        except subprocess.TimeoutExpired:
            if stop.is_set():
                _end(process)
                raise Stopped("stopped") from None


def _end(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=GRACE)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
