"""What the engine costs beside plain `ssh` with the same script: `python -m bench.engine [RUNS [HOSTS…]]`, as root.

Thirty steps on 1, 10 and 100 hosts: an sshd for each on loopback, with mounts of its own in the places where
scripts keep their files. Plan, apply and rerun by the engine; then by OpenSSH's client, as many at once, which
sends each host the very same script and throws the answers away. The engine also asks for facts first, as it
does in every run, and writes the folder of the run: that is in its figures.

Wall-clock seconds, and CPU seconds of the operator's processes from their start to their end, Python's own start
included. Hosts and operator share this machine, so look at the ratios: each is of two runs that followed one
another, the median of all pairs.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nodewright.facts import BASE_FRAGMENTS
from nodewright.paths import RUN
from nodewright.resources import block, directory, file, ini_key, link
from nodewright.run.run import Limits
from nodewright.run.runner import run
from nodewright.script.compile import Mode, Section, compile_script
from nodewright.script.step import Step, role
from nodewright.transport import Target
from nodewright.transport.ssh import SshTransport
from nodewright.workflow.context import Context, Host
from nodewright.workflow.stages import Stage, Workflow

SIZES = (1, 10, 100)
AT_ONCE = 64
#: Of a rerun on the largest number of hosts, as ratios to plain ssh: wall time and operator's CPU.
TARGETS = (1.2, 0.3)

_PORT = 2200
_ROOT = Path("/run/nodewright-bench")
#: The home of root is empty, so that nobody's profile is part of the figures.
_SSHD = f"""mount -t tmpfs tmpfs ~root
mount -t tmpfs tmpfs {RUN}
mount -t tmpfs tmpfs {_ROOT}
exec /usr/sbin/sshd -D -f "$1" -o ListenAddress="$2"
"""


@role
def thirty_steps(context: Context[None]) -> Iterator[Step]:
    """Yields what preparing a host is made of, where no package manager and no systemd stand behind it."""
    for number in range(6):
        yield directory(f"{_ROOT}/etc/folder{number}", mode="0750")
    for number in range(12):
        yield file(f"{_ROOT}/etc/file{number}", f"key = {number}\n" * 20)
    for number in range(4):
        yield link(f"{_ROOT}/etc/link{number}", f"file{number}")
    for number in range(4):
        yield block(f"{_ROOT}/etc/lines", f"option {number}\n", marker=f"part {number}")
    for number in range(4):
        yield ini_key(f"{_ROOT}/etc/settings.ini", f"key{number}", "yes", section="main")


WORKFLOW = Workflow(
    name="bench",
    stages=(Stage(name="prepare", on=lambda hosts: hosts, roles=(thirty_steps,)),),
    lanes={},
)


@dataclass
class Farm:
    """So many hosts that are an sshd each.

    Args:
        folder: for keys and configuration.
        size: how many.
    """

    folder: Path
    size: int
    _servers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __enter__(self) -> Farm:
        for folder in (Path("/run/sshd"), Path(RUN), _ROOT):
            folder.mkdir(mode=0o755, exist_ok=True)
        for name in ("host", "client"):
            key = self.folder / name
            if not key.exists():
                subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        client, server = (self.folder.joinpath(f"{name}.pub").read_text() for name in ("client", "host"))
        (self.folder / "authorized_keys").write_text(client)
        known = "".join(f"[{address}]:{_PORT} {server}" for address in self.addresses)
        (self.folder / "known_hosts").write_text(known)
        config = self.folder / "sshd_config"
        config.write_text(
            f"HostKey {self.folder}/host\nAuthorizedKeysFile {self.folder}/authorized_keys\nPort {_PORT}\n"
            "PidFile none\nStrictModes no\nUsePAM no\nUseDNS no\nPermitRootLogin yes\nLogLevel ERROR\n"
        )
        for address in self.addresses:
            command = ["unshare", "--mount", "sh", "-ec", _SSHD, "sshd", str(config), address]
            self._servers.append(subprocess.Popen(command))
        for address in self.addresses:
            self._await(address)
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.terminate()
        for server in self._servers:
            server.wait()
        _ROOT.rmdir()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Of the hosts, all on the loopback interface."""
        return tuple(f"127.1.0.{number}" for number in range(1, self.size + 1))

    def clean(self) -> None:
        """Makes the hosts as they were before any apply."""
        for server in self._servers:
            subprocess.run(["rm", "-rf", f"/proc/{server.pid}/root{_ROOT}/etc"], check=True)

    def hosts(self) -> tuple[Host[None], ...]:
        """Returns the inventory."""
        return tuple(
            Host(
                name=address,
                address=address,
                groups=(),
                settings=None,
                target=Target(
                    name=address,
                    host=address,
                    port=_PORT,
                    user="root",
                    key=str(self.folder / "client"),
                    known_hosts=str(self.folder / "known_hosts"),
                    ssh_config=os.devnull,
                ),
            )
            for address in self.addresses
        )

    def _await(self, address: str) -> None:
        command = ["ssh-keyscan", "-p", str(_PORT), "-T", "1", address]
        for _ in range(100):
            if subprocess.run(command, capture_output=True, check=False).stdout:
                return
        raise RuntimeError(f"no sshd answers at {address}")


@dataclass(frozen=True)
class Cost:
    """Of a process and all that it started: wall-clock and CPU, in seconds."""

    wall: float
    cpu: float

    def over(self, other: Cost) -> Cost:
        """Returns how many times as long as the other one it took."""
        return Cost(self.wall / other.wall, self.cpu / other.cpu)


def cost(command: list[str]) -> Cost:
    """Runs a command that has to succeed."""
    begin = time.monotonic()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"status {process.returncode} of {' '.join(command)}")
    return Cost(wall, usage.ru_utime + usage.ru_stime)


def by_engine(farm: Farm, mode: Mode) -> Cost:
    """Runs in a process of its own, and returns what it cost: see `operator`."""
    return cost([sys.executable, "-m", "bench.engine", "operator", str(farm.folder), str(farm.size), mode])


def by_ssh(farm: Farm, mode: Mode) -> Cost:
    """Returns the same script by OpenSSH's client, as many at once as the engine connects."""
    context: Context[Any] = Context(host=farm.hosts()[0], hosts={}, facts={})
    script = compile_script([Section("prepare", tuple(thirty_steps(context)))])
    text = farm.folder / f"{mode}.sh"
    text.write_text(script.text(run_id="plain", mode=mode))
    ssh = (
        f"exec ssh -F none -o BatchMode=yes -o UserKnownHostsFile={farm.folder}/known_hosts "
        f"-i {farm.folder}/client -p {_PORT} root@$1 sh <{text} >/dev/null"
    )
    hosts = farm.folder / "hosts"
    hosts.write_text("\n".join(farm.addresses))
    return cost(["xargs", f"-a{hosts}", f"-P{AT_ONCE}", "-n1", "sh", "-c", ssh, "ssh"])


def operator(folder: Path, size: int, mode: Mode) -> int:
    """One run of the engine over the hosts of a farm; 0 if it came to what its mode is to come to."""
    transport = SshTransport()
    with tempfile.TemporaryDirectory() as runs:
        result = run(
            WORKFLOW,
            Farm(folder, size).hosts(),
            mode=mode,
            transport=transport,
            fragments=BASE_FRAGMENTS,
            reporters=(),
            runs_dir=Path(runs),
            limits=Limits(connects=AT_ONCE),
        )
    transport.close()
    for problem in result.problems:
        print(problem, file=sys.stderr)
    return 0 if result.exit_code in (0, 2) else 1


def pairs(farm: Farm, runs: int) -> Iterator[tuple[str, Cost, Cost]]:
    """Yields what was done, what it cost the engine, and what it cost plain ssh."""
    for _ in range(runs):
        farm.clean()
        yield "plan", by_engine(farm, Mode.PLAN), by_ssh(farm, Mode.PLAN)
        engine = by_engine(farm, Mode.APPLY)
        farm.clean()
        yield "apply", engine, by_ssh(farm, Mode.APPLY)
        yield "rerun", by_engine(farm, Mode.APPLY), by_ssh(farm, Mode.APPLY)


def main(runs: int, sizes: Sequence[int]) -> None:
    """Prints a row for each number of hosts and each thing done."""
    print(f"{'':17}{'wall s':^24}{'operator CPU s':^24}   {runs} runs, medians")
    print(f"{'hosts':>5} {'':10}" + f"{'engine':>8}{'ssh':>8}{'ratio':>8}" * 2)
    for size in sizes:
        rows: dict[str, list[tuple[Cost, Cost]]] = {}
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            farm = stack.enter_context(Farm(Path(folder), size))
            for what, engine, ssh in pairs(farm, runs):
                rows.setdefault(what, []).append((engine, ssh))
        for what, measured in rows.items():
            print(f"{size:5} {what:10}{row(measured)}", flush=True)
    print(f"{'target, rerun':16}{TARGETS[0]:>24}{TARGETS[1]:>24}")


def row(measured: list[tuple[Cost, Cost]]) -> str:
    """Medians of both, and the median of their ratios."""
    engines, plains = zip(*measured, strict=True)
    ratios = [engine.over(plain) for engine, plain in measured]
    figures = []
    for name in ("wall", "cpu"):
        figures += [
            statistics.median(getattr(one, name) for one in group) for group in (engines, plains, ratios)
        ]
    return "".join(f"{figure:8.2f}" for figure in figures)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["operator", folder, size, mode]:
            sys.exit(operator(Path(folder), int(size), Mode(mode)))
        case [runs, *sizes]:
            main(int(runs), [int(size) for size in sizes] or SIZES)
        case _:
            main(5, SIZES)
