"""Reads and extends known_hosts files, which say what keys a host may show.

Format: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT": plain names, `*?` patterns, `!` negation, `[host]:port`,
hashed names (`|1|salt|hmac`), and the marker @revoked. Lines with @cert-authority are ignored, since Paramiko
takes no host certificates.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import fcntl
import fnmatch
import hashlib
import hmac
import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nodewright.errors import ConfigurationError
from nodewright.whole import write_whole

SSH_PORT = 22


@dataclass(frozen=True, order=True)
class HostKey:
    """Holds a public host key.

    Args:
        kind: as in the file, for example `ssh-ed25519`.
        blob: the key itself, in SSH's wire encoding.
    """

    kind: str
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """Returns the fingerprint as `ssh-keygen -l` shows it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")

    def line(self, name: str) -> str:
        """Returns the line of a known_hosts file for this key of a host, named as `name_of` does."""
        return f"{name} {self.kind} {base64.b64encode(self.blob).decode()}\n"


@dataclass(frozen=True)
class Entry:
    """Holds one line of a known_hosts file.

    Args:
        where: `file:line`.
        names: the line's first field, split at its commas.
    """

    where: str
    names: tuple[str, ...]
    key: HostKey
    revoked: bool = False

    def matches(self, name: str) -> bool:
        """Returns whether the line is about this host, named as `name_of` does."""
        wanted = False
        for pattern in self.names:
            if pattern.startswith("|1|"):
                wanted |= _is_hash_of(pattern, name)
            elif pattern.startswith("!"):
                if _fits(name, pattern[1:]):
                    return False
            else:
                wanted |= _fits(name, pattern)
        return wanted


@dataclass(frozen=True)
class KnownHosts:
    """Holds the lines of one or several known_hosts files, in order.

    Args:
        entries: in the order of the files.
        files: the paths that were tried, whether they exist or not; new keys go into the first.
    """

    entries: tuple[Entry, ...]
    files: tuple[Path, ...] = field(default=())

    def of(self, name: str) -> tuple[Entry, ...]:
        """Returns the lines about a host, named as `name_of` does."""
        return tuple(entry for entry in self.entries if entry.matches(name))


class KnownHostsFiles:
    """Reads known_hosts files once for many hosts, and again when they have changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: dict[tuple[Path, ...], tuple[object, KnownHosts]] = {}

    def read(self, files: tuple[Path, ...]) -> KnownHosts:
        """Returns the contents of the files as they are now; see `load`."""
        with self._lock:
            stamp = [_stamp(file) for file in files]
            seen, known = self._read.get(files, (None, None))
            if known is None or seen != stamp:
                known = load(files)
                self._read[files] = (stamp, known)
            return known


def name_of(host: str, port: int, alias: str | None = None) -> str:
    """Returns a host's name in a known_hosts file: lower case, with the port unless it is 22.

    Args:
        alias: HostKeyAlias of the SSH configuration, which replaces host and port.
    """
    if alias:
        return alias.lower()
    return host.lower() if port == SSH_PORT else f"[{host.lower()}]:{port}"


def parse(text: str, file: str = "known_hosts") -> tuple[Entry, ...]:
    """Returns the entries of a known_hosts file. Invalid lines are ignored, as OpenSSH does."""
    return tuple(_entries(text, file))


def load(files: Iterable[Path]) -> KnownHosts:
    """Reads known_hosts files and returns their lines; a missing file has none.

    Raises:
        ConfigurationError: a file cannot be read.
    """
    files = tuple(files)
    entries: list[Entry] = []
    for file in files:
        try:
            entries += parse(file.read_text(encoding="utf-8", errors="replace"), str(file))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise ConfigurationError(
                f"cannot read the known hosts: {error.strerror}", where=str(file)
            ) from None
    return KnownHosts(tuple(entries), files)


def add(file: Path, lines: Iterable[str]) -> None:
    """Adds lines to a known_hosts file, all or none of them; a line that it holds already is not repeated.

    A missing folder is made (0700, as ssh does). A file that is a link stays one. Other runs that add at the same
    time wait.

    Raises:
        ConfigurationError: the file cannot be written.
    """
    try:
        file = file.resolve()
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone_in(file.parent):
            old = file.read_text(encoding="utf-8", errors="surrogateescape") if file.exists() else ""
            there = set(old.splitlines())
            new = "".join(dict.fromkeys(line for line in lines if line.rstrip("\n") not in there))
            if new:
                ended = old if not old or old.endswith("\n") else old + "\n"
                mode = file.stat().st_mode & 0o777 if file.exists() else 0o600
                write_whole(file, ended + new, mode=mode)
    except OSError as error:
        raise ConfigurationError(f"cannot write the known hosts: {error.strerror}", where=str(file)) from None


def _stamp(file: Path) -> tuple[int, int, int] | None:
    """Returns a value that differs once the file was changed or replaced, or None if there is no file."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def _entries(text: str, file: str) -> Iterator[Entry]:
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        revoked = words[0] == "@revoked"
        if revoked:
            words = words[1:]
        if len(words) < 3 or words[0].startswith("@"):
            continue
        try:
            blob = base64.b64decode(words[2], validate=True)
        except (binascii.Error, ValueError):
            continue
        names = tuple(name if name.startswith("|") else name.lower() for name in words[0].split(","))
        yield Entry(f"{file}:{number}", names, HostKey(words[1], blob), revoked)


def _fits(name: str, pattern: str) -> bool:
    """Returns whether a name fits a pattern of `*` and `?`; brackets are plain characters, as in `[host]:port`."""
    if "*" not in pattern and "?" not in pattern:
        return name == pattern
    return fnmatch.fnmatchcase(name, pattern.replace("[", "[[]"))


def _is_hash_of(pattern: str, name: str) -> bool:
    try:
        salt, digest = (base64.b64decode(part) for part in pattern.split("|")[2:4])
    except ValueError:
        return False
    return hmac.compare_digest(hmac.digest(salt, name.encode(), "sha1"), digest)


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
