"""The lab's cache: what is slow to make is made once, and what is half made is never taken for whole.

An *artifact* is a folder, `<root>/<kind>/<name>-<key>/`, where the key says what it was made from. It is made
in a folder of another name and renamed when whole, so that a folder under the right name is a whole one,
whatever was killed when. What a `Cache` has handed out stays on disk until the Cache is closed: it holds a
shared flock on the folder itself, and only a folder that nobody holds is ever dropped.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from lab.errors import LabError

KEY_DIGITS = 16


def content_key(*parts: object) -> str:
    """Returns the key of an artifact: the same parts (strings, numbers, lists, dicts) give the same 16 hex
    digits.
    """
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_DIGITS]


def files_key(*paths: Path) -> str:
    """Returns the key of what files and folders contain: names below each path, the executable bit, and
    content.
    """
    found = []
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in inside:
            name = str(file.relative_to(path.parent))
            found.append((name, os.access(file, os.X_OK), hashlib.sha256(file.read_bytes()).hexdigest()))
    return content_key(found)


def default_root() -> Path:
    """`$XDG_CACHE_HOME/nodewright`, where every lab of this user looks."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nodewright"


class Cache:
    """Artifacts below one root. Safe to use from several threads and several processes at once.

    `waiting` is told, once, when an artifact is being made by another process and this one has to wait.
    """

    def __init__(
        self, root: Path | None = None, waiting: Callable[[str], None] = lambda message: None
    ) -> None:
        self.root = (root or default_root()).absolute()
        self.work = self.root / "work"
        self.logs = self.root / "logs"
        self._waiting = waiting
        self._held: dict[Path, int] = {}
        self._guard = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of every artifact handed out."""
        with self._guard:
            for descriptor in self._held.values():
                os.close(descriptor)
            self._held.clear()

    def find(self, kind: str, name: str, key: str) -> Path | None:
        """Returns the artifact if it is there, whole; it is held from now on."""
        path = self.root / kind / f"{name}-{key}"
        return path if self._hold(path) else None

    def make(self, kind: str, name: str, key: str, build: Callable[[Path], None]) -> Path:
        """Returns the artifact, made by `build(empty folder)` if it is not there; it is held from now on.

        What `build` raises is raised, and nothing of the artifact remains.
        """
        if found := self.find(kind, name, key):
            return found
        with self.alone(f"{kind} {name}"):
            if found := self.find(kind, name, key):
                return found
            path = self.root / kind / f"{name}-{key}"
            # A killed build may have left children that still write into its folder: never use it again.
            partials = self.root / "partial" / f"{kind}-{name}"
            _remove(partials)
            partial = partials / str(os.getpid())
            partial.mkdir(parents=True)
            try:
                build(partial)
                path.parent.mkdir(exist_ok=True)
                partial.rename(path)
            finally:
                _remove(partials)
            if not self._hold(path):
                raise LabError(
                    f"{path} was removed while it was made: another process clears this cache. Try again."
                )
            return path

    def hold(self, path: Path) -> int | None:
        """Returns the open descriptor that keeps the artifact at this path on disk; None if there is none.

        A server that inherits it (`pass_fds`) keeps the artifact for as long as it runs. It stays this
        Cache's to close.
        """
        return self._held[path] if self._hold(path) else None

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        """One process (or thread) at a time makes this; the others wait, and say so."""
        path = self.root / "locks" / what.replace(" ", "-")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                self._waiting(f"{what} is being made by process {lock.read().strip()}: waiting for it")
                fcntl.flock(lock, fcntl.LOCK_EX)
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def purge(self) -> list[Path]:
        """Remove all that nobody holds; what is left, because a lab still uses it, is returned.

        The folder itself goes when nothing is left in it.
        """
        self.close()
        kept = [path for path in self._artifacts() if not _drop(path)]
        if not kept:
            _remove(self.root)
        return kept

    def drop_all_but(self, current: Iterable[tuple[str, str, str]]) -> None:
        """Drop what is none of these (kind, name, key), unless somebody holds it."""
        kept = {self.root / kind / f"{name}-{key}" for kind, name, key in current}
        for path in self._artifacts():
            if path not in kept:
                _drop(path)

    def _artifacts(self) -> list[Path]:
        return [
            path for path in self.root.glob("*/*") if re.search(rf"-[0-9a-f]{{{KEY_DIGITS}}}$", path.name)
        ]

    def _hold(self, path: Path) -> bool:
        """Take the shared lock on a folder; false if there is none, or it is on its way out."""
        with self._guard:
            if path in self._held:
                return True
            try:
                descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            except FileNotFoundError:
                return False
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            # Between open and flock, somebody may have dropped it and even made it again.
            try:
                same = os.path.samestat(os.fstat(descriptor), path.stat())
            except FileNotFoundError:
                same = False
            if same:
                self._held[path] = descriptor
            else:
                os.close(descriptor)
            return same


def _drop(path: Path) -> bool:
    """Remove an artifact that nobody holds; false if somebody does."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        # Renamed first: a removal that is interrupted must not leave a folder that looks whole. What it
        # leaves goes when the artifact is made next.
        kind, name = path.parent.name, path.name[: -KEY_DIGITS - 1]
        doomed = path.parent.parent / "partial" / f"{kind}-{name}" / path.name
        doomed.parent.mkdir(parents=True, exist_ok=True)
        path.rename(doomed)
        _remove(doomed.parent)
        return True
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    """Remove a folder, but never what a killed build left mounted in it: the host's /dev, say."""
    mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    for point in sorted((Path(m) for m in mounts if Path(m).is_relative_to(path)), reverse=True):
        subprocess.run(["umount", "--lazy", point], check=True)
    if path.exists():
        shutil.rmtree(path, ignore_errors=True)
