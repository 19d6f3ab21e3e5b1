"""A throwaway host: a root folder with this machine's programs, an /etc of its own, stand-ins for the rest.

Each text runs in a mount namespace of its own, chrooted into that folder, under the shell that is asked for,
as the script would run it: `set -e`, standard input closed, C locale, umask 022.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from nodewright.script.step import Step

SHELLS = {"dash": "dash", "bash": "bash --posix", "busybox": "busybox sh"}

_STANDINS = Path(__file__).parent / "standins"
_SYSTEM = ["dev", "etc", "proc", "root", "run", "tmp", "usr", "standins", "var/lib"]
_STATE = ["available", "keys", "modules", "provides", "rpm", "sysctl", "units"]
_ENTER = """\
mount --rbind /usr "$1/usr"
mount --rbind /dev "$1/dev"
mount --rbind /proc "$1/proc"
if [ -e "$1/mounts" ]; then . "$1/mounts"; fi
export LC_ALL=C PATH=/standins:/usr/sbin:/usr/bin
umask 022
exec chroot "$1" $2
"""


@dataclass(frozen=True)
class Ran:
    """What became of a text."""

    status: int
    output: str
    errors: str


@dataclass(frozen=True)
class Host:
    """The throwaway host.

    Args:
        root: its root folder.
        shell: one of SHELLS.
    """

    root: Path
    shell: str

    @classmethod
    def made(cls, root: Path, shell: str, *standins: Path) -> Host:
        """A host with the little in /etc that programs need.

        Args:
            standins: folders of further stand-ins.
        """
        for name in [*_SYSTEM, *(f"state/{name}" for name in _STATE)]:
            (root / name).mkdir(parents=True)
        (root / "tmp").chmod(0o1777)
        for name in ("bin", "sbin", "lib", "lib64"):
            (root / name).symlink_to(f"usr/{name}")
        for folder in (_STANDINS, *standins):
            shutil.copytree(folder, root / "standins", dirs_exist_ok=True)
        host = cls(root, shell)
        host.put(
            "/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n"
        )
        host.put("/etc/group", "root:x:0:\nnobody:x:65534:\n")
        host.put("/etc/nsswitch.conf", "passwd: files\ngroup: files\n")
        host.put("/etc/login.defs", "SYS_UID_MIN 201\nSYS_UID_MAX 999\nSYS_GID_MIN 201\nSYS_GID_MAX 999\n")
        host.put(
            "/etc/ld.so.cache", Path("/etc/ld.so.cache").read_bytes().decode("latin-1"), encoding="latin-1"
        )
        # Debian's /usr/bin/awk is a link into this folder.
        (root / "etc/alternatives").mkdir()
        (root / "etc/alternatives/awk").symlink_to(Path("/usr/bin/awk").resolve())
        host.put("/etc/hostname", "before\n")
        host.put("/state/hostname", "before\n")
        return host

    def at(self, path: str) -> Path:
        """Where a path of the host is on this machine."""
        return self.root / path.lstrip("/")

    def put(self, path: str, text: str, *, mode: int = 0o644, encoding: str = "utf-8") -> Path:
        """Writes a file, with the folders above it."""
        place = self.at(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode(encoding))
        place.chmod(mode)
        return place

    def read(self, path: str) -> str:
        """The text of a file, its line ends untouched."""
        return self.at(path).read_bytes().decode()

    def log(self) -> list[str]:
        """What the stand-ins were asked to change, in order."""
        log = self.at("/state/log")
        return log.read_text().splitlines() if log.exists() else []

    def everything(self) -> dict[str, tuple[int, int, bytes | str]]:
        """All of the root folder but what a script itself keeps in /run: mode, owner and content by path."""
        found: dict[str, tuple[int, int, bytes | str]] = {}
        for path in sorted(self.root.rglob("*")):
            if path.relative_to(self.root).parts[0] in ("run", "tmp"):
                continue
            content = (
                str(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else ""
            )
            status = path.lstat()
            found[str(path)] = (status.st_mode, status.st_uid, content)
        return found

    def run(self, text: str, **variables: str) -> Ran:
        """Runs a text of a step; `variables` are those of a script's preamble, not of the environment."""
        preamble = "".join(f"{name}={_single_quoted(value)}\n" for name, value in variables.items())
        (self.root / "text").write_bytes((preamble + text + "\n").encode())
        return self._enter(f"{SHELLS[self.shell]} -e /text", b"")

    def script(self, text: str) -> Ran:
        """Runs a whole script, which comes by standard input."""
        return self._enter(SHELLS[self.shell], text.encode())

    def _enter(self, command: str, standard_input: bytes) -> Ran:
        ran = subprocess.run(
            ["unshare", "--mount", "sh", "-e", "-c", _ENTER, "enter", self.root, command],
            input=standard_input,
            capture_output=True,
            timeout=60,
            check=False,
            env={"PATH": os.environ["PATH"]},
        )
        return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode(errors="replace"))

    def holds(self, step: Step, **variables: str) -> bool:
        """Whether the step's check says that nothing is left to do."""
        return self.run(step.check, **variables).status == 0

    def apply(self, step: Step, **variables: str) -> None:
        """Applies a step that has to succeed, and whose check has to hold then."""
        ran = self.run(step.apply, **variables)
        assert ran.status == 0, ran
        check = self.run(step.check, **variables)
        assert check.status == 0, f"unconverged: {check}"

    def converges(self, step: Step, **variables: str) -> None:
        """The step is due, and its apply makes it hold."""
        assert not self.holds(step, **variables), "the check holds already"
        self.apply(step, **variables)

    def refuses(self, step: Step, because: str) -> None:
        """The step is due, and its apply fails and says why."""
        assert not self.holds(step), "the check holds"
        ran = self.run(step.apply)
        assert ran.status != 0
        assert because in ran.errors + ran.output


def _single_quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"
