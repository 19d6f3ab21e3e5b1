"""The lab's own programs on the host: started with a label in their environment, found and ended by it.

There are no pid files: after a crash they lie, and the process table never does. A lab is found by its name
alone, as podman's and nftables' parts of it are: who started it may have kept its state in another folder.
"""

import os
import select
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

LABEL = "NODEWRIGHT_LAB"
GRACE = 5.0


def start(
    folder: Path, role: str, argv: Sequence[str | Path], hold: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Start a program in the background as `role` of the lab whose state is in `folder`; it outlives us.

    It keeps the descriptors `hold` open for as long as it runs. What it says goes to `logs/<role>.log`.
    """
    log = log_of(folder, role)
    log.parent.mkdir(exist_ok=True)
    with log.open("ab") as out:
        return subprocess.Popen(
            [str(word) for word in argv],
            env={**os.environ, LABEL: f"{folder}#{role}"},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            pass_fds=hold,
        )


def log_of(folder: Path, role: str) -> Path:
    return folder / "logs" / f"{role}.log"


def running(folder: Path, role: str = "") -> dict[int, str]:
    """Returns the lab's processes, pid → role; only those of `role`, if one is given."""
    found = {}
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it has ended meanwhile
            for variable in environ.read_text(errors="replace").split("\0"):
                name, _, label = variable.partition("=")
                path, _, its_role = label.rpartition("#")
                if name == LABEL and Path(path).name == folder.name and role in ("", its_role):
                    found[int(environ.parent.name)] = its_role
    return found


def stop(folder: Path, role: str = "") -> None:
    """End the lab's processes (those of `role`, if one is given) and return when they are gone."""
    for pid in running(folder, role):
        with suppress(ProcessLookupError):
            _end(pid)


def _end(pid: int) -> None:
    handle = os.pidfd_open(pid)
    try:
        os.kill(pid, signal.SIGTERM)
        if not select.select([handle], [], [], GRACE)[0]:
            os.kill(pid, signal.SIGKILL)
            select.select([handle], [], [], GRACE)
    finally:
        os.close(handle)
    with suppress(ChildProcessError):  # only one that this very process started is left to bury
        os.waitpid(pid, 0)
