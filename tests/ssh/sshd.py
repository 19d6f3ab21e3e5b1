"""Real OpenSSH servers on loopback, each with a folder, a port and host keys of its own."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from nodewright.paths import RUN

_SSHD = "/usr/sbin/sshd"
_PRIVATELY = ["unshare", "--mount", "sh", "-ec", f'mount -t tmpfs tmpfs {RUN}; exec "$@"', "sh"]
_PATIENCE = 20.0


def make_key(path: Path, *, kind: str = "ed25519", passphrase: str = "") -> Path:
    """A new key pair; returns the private one's path."""
    path.unlink(missing_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-f", str(path)], check=True)
    return path


def free_port(address: str = "127.0.0.1") -> int:
    """A port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port


class Sshd:
    """One server.

    Args:
        folder: for its keys, configuration and known_hosts line; must not be there.
        authorized: public keys that log in as any user.
        options: lines of sshd_config that differ from what stands here.
        host_keys: kinds of host keys.
        private: scripts that run there have a folder of their own for locks and temporary files, as on a host of
            its own; all else is shared with this machine.
    """

    def __init__(
        self,
        folder: Path,
        authorized: str,
        *,
        options: Mapping[str, str | int] | None = None,
        host_keys: tuple[str, ...] = ("ed25519",),
        port: int | None = None,
        address: str = "127.0.0.1",
        private: bool = False,
    ) -> None:
        folder.mkdir(parents=True)
        folder.chmod(0o755)
        self.folder = folder
        self.address = address
        self.port = port or free_port(address)
        self._keys = [make_key(folder / f"host_{kind}", kind=kind) for kind in host_keys]
        (folder / "authorized_keys").write_text(authorized)
        settings: dict[str, str | int] = {
            "ListenAddress": address,
            "Port": self.port,
            "PidFile": "none",
            "AuthorizedKeysFile": str(folder / "authorized_keys"),
            "StrictModes": "no",
            "UsePAM": "no",
            "PermitRootLogin": "yes",
            "PasswordAuthentication": "no",
            "KbdInteractiveAuthentication": "no",
            "MaxStartups": "200",
            "LogLevel": "VERBOSE",
            "UseDNS": "no",
            **(options or {}),
        }
        lines = [f"{name} {value}" for name, value in settings.items()]
        lines += [f"HostKey {key}" for key in self._keys]
        (folder / "sshd_config").write_text("\n".join(lines) + "\n")
        self._log: list[str] = []
        self._logged = threading.Condition()
        for needed in ("/run/sshd", RUN):
            Path(needed).mkdir(mode=0o755, exist_ok=True)
        self._process = subprocess.Popen(
            [*(_PRIVATELY if private else []), _SSHD, "-D", "-e", "-f", str(folder / "sshd_config")],
            stderr=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=self._read_log, daemon=True).start()
        self.wait_for_log("Server listening")

    @property
    def run_folder(self) -> Path:
        """What a private server's scripts know as /run/nodewright."""
        return Path(f"/proc/{self._process.pid}/root{RUN}")

    @property
    def known_as(self) -> str:
        """The server's name in known_hosts."""
        return f"[{self.address}]:{self.port}"

    def known_hosts(self) -> Path:
        """A known_hosts file that knows the server's keys."""
        file = self.folder / "known_hosts"
        publics = [key.with_name(f"{key.name}.pub").read_text() for key in self._keys]
        file.write_text("".join(f"{self.known_as} {public}" for public in publics))
        return file

    def fingerprint(self, kind: str = "ed25519") -> str:
        """As ssh-keygen shows it."""
        told = subprocess.run(
            ["ssh-keygen", "-lf", str(self.folder / f"host_{kind}.pub")],
            check=True,
            capture_output=True,
            text=True,
        )
        return told.stdout.split()[1]

    def count(self, pattern: str) -> int:
        """How many lines of the log so far match."""
        with self._logged:
            return sum(1 for line in self._log if re.search(pattern, line))

    def connects(self) -> int:
        """How many connections were made so far."""
        return self.count(r"^Connection from ")

    def wait_for_log(self, pattern: str) -> None:
        """Returns once a line of the log matches."""
        with self._logged:
            seen = self._logged.wait_for(
                lambda: self._process.poll() is not None or self.count(pattern), _PATIENCE
            )
            assert seen, f"no {pattern!r} in the log:\n" + "".join(self._log)
            assert self.count(pattern), "sshd did not start:\n" + "".join(self._log)

    def kill_sessions(self) -> None:
        """Ends all connections, as a reset in the network would; the server and what runs in them go on."""
        for process in _descendants(self._process.pid):
            if _name(process) == "sshd":
                _signal(process, signal.SIGKILL)

    def wait_until_alone(self) -> None:
        """Returns once no connection is left."""
        deadline = time.monotonic() + _PATIENCE
        while any(_name(process) == "sshd" for process in _descendants(self._process.pid)):
            assert time.monotonic() < deadline, "somebody is still connected"

    def freeze(self) -> None:
        """Stops server and sessions without ending them: the kernel still takes what is sent."""
        for process in (self._process.pid, *_descendants(self._process.pid)):
            _signal(process, signal.SIGSTOP)

    def stop(self) -> None:
        """Ends the server and its sessions, also frozen ones."""
        for process in (*_descendants(self._process.pid), self._process.pid):
            _signal(process, signal.SIGKILL)
        self._process.wait()

    def _read_log(self) -> None:
        assert self._process.stderr
        for line in self._process.stderr:
            with self._logged:
                self._log.append(line)
                self._logged.notify_all()
        with self._logged:
            self._logged.notify_all()


def _name(process: int) -> str:
    """Of the program that it runs; empty where there is no such process any more."""
    try:
        return Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return ""


def _signal(process: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, number)


def _descendants(process: int) -> list[int]:
    """All that a process has started, and what those have, as long as their parents live."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [process]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]
