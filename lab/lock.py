"""Locks: one command at a time works on a lab, and one at a time on what all labs of a machine share."""

import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from lab.errors import LabError


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold `folder/lock`; the folder is made for it, and goes with it if nothing else is in it by then.

    It may be removed while the lock is held. Raises LabError, naming the process, when another one holds it.
    """
    with _opened(folder / "lock") as file:
        file.truncate(0)
        file.write(f"process {os.getpid()} ({' '.join(sys.argv)[:80]})")
        file.flush()
        try:
            yield
        finally:
            if folder.exists() and [file.name for file in folder.iterdir()] == ["lock"]:
                shutil.rmtree(folder)


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait for a moment's turn on what all labs below `folder` share: subnets, the host's settings."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _opened(path: Path) -> TextIO:
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read() or "another process"
            file.close()
            raise LabError(
                f"{holder} is at work on lab {path.parent.name}: wait until it is done, or end it."
            ) from None
        # Between open and flock, `lab.down` may have removed the folder: then this is a lock on nothing.
        if path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat()):
            return file
        file.close()
