"""Runs scripts for real: a shell, a userland, and a folder in the place of /run/nodewright."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from nodewright.script.compile import Mode, Script, Section, compile_script
from nodewright.script.records import Done, End, Outcome, Record, parse
from nodewright.script.step import Step
from nodewright.secret import Secret

#: The shells that a host's `sh` may be, by the name that tests show.
SHELLS: Mapping[str, Sequence[str]] = {
    "dash": ["dash"],
    "bash-as-sh": ["sh"],
    "bash": ["bash"],
    "busybox": ["busybox", "sh"],
}

#: How a transport starts a script: all of it is read before any of it runs.
EVALUATED = ("-c", 'eval "$(cat)"')

#: No test waits longer for a script.
PATIENCE = 60.0


@dataclass(frozen=True)
class Machine:
    """A shell with its userland.

    Args:
        root: a folder of the test's own.
        shell: a key of SHELLS.
        path: PATH of the script.
        gnu_path: PATH with GNU's userland first: resources want that, or EL's, around whatever shell.
    """

    root: Path
    shell: str
    path: str
    gnu_path: str

    @property
    def run_folder(self) -> Path:
        """What /run/nodewright is on a host."""
        return self.root / "run"

    def text(
        self,
        script: Script,
        mode: Mode = Mode.APPLY,
        *,
        run_id: str = "run-1",
        holder: str = "",
        variables: Mapping[str, str | Secret] | None = None,
        tick: float = 2.0,
    ) -> str:
        """The script's text, for this machine's folder."""
        return script.text(
            run_id=run_id,
            mode=mode,
            holder=holder,
            variables=variables,
            folder=str(self.run_folder),
            tick=tick,
        )

    def apply(self, *steps: Step, **settings: object) -> list[Record]:
        """The records of applying these steps as one job; settings as for `text`."""
        return self.records(self.text(one_job(*steps), Mode.APPLY, **settings))  # type: ignore[arg-type]

    def plan(self, *steps: Step, **settings: object) -> list[Record]:
        """The records of planning these steps as one job; settings as for `text`."""
        return self.records(self.text(one_job(*steps), Mode.PLAN, **settings))  # type: ignore[arg-type]

    def records(self, text: str, run_id: str = "run-1") -> list[Record]:
        """All records of a script's whole text."""
        with self.start(text, run_id) as running:
            return list(running)

    @contextmanager
    def start(
        self,
        text: str,
        run_id: str = "run-1",
        *,
        environment: Mapping[str, str] | None = None,
        arguments: Sequence[str] = EVALUATED,
    ) -> Iterator[Running]:
        """A script that runs while the test does other things; what is left of it is killed at the end."""
        process = subprocess.Popen(
            [*SHELLS[self.shell], *arguments],
            executable="/bin/bash" if self.shell == "bash-as-sh" else None,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env={"PATH": self.path, "HOME": "/", **(environment or {})},
        )
        running = Running(process, run_id)
        try:
            assert process.stdin
            process.stdin.write(text.encode())
            process.stdin.close()
            yield running
        finally:
            running.kill_session()


@dataclass
class Running:
    """A script under way; iterating over it yields its records as they come."""

    process: subprocess.Popen[bytes]
    run_id: str
    seen: list[Record] = field(default_factory=list)

    def __iter__(self) -> Iterator[Record]:
        assert self.process.stdout
        for line in self.process.stdout:
            record = parse(line, self.run_id)
            if record is not None:
                self.seen.append(record)
                yield record

    def until(self, kind: type[Record], wanted: Callable[[Record], bool] = lambda _: True) -> Record:
        """Reads on up to the first record of a kind."""
        for record in self:
            if isinstance(record, kind) and wanted(record):
                return record
        raise AssertionError(f"no {kind.__name__} among {self.seen}")

    def hang_up(self) -> None:
        """Stops reading, as a link does that goes away."""
        assert self.process.stdout
        self.process.stdout.close()

    def wait(self) -> int:
        """The script's exit status."""
        return self.process.wait(PATIENCE)

    def messages(self) -> str:
        """What the script wrote to its standard error; waits for its end."""
        assert self.process.stderr
        return self.process.stderr.read().decode()

    def kill_session(self) -> None:
        """Ends whatever runs in the script's session."""
        for entry in Path("/proc").glob("[0-9]*"):
            pid = int(entry.name)
            try:
                if os.getsid(pid) == self.process.pid:
                    os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        self.process.wait(PATIENCE)


def one_job(*steps: Step) -> Script:
    """A script of a single job."""
    return compile_script([Section("job", steps)])


def touch(path: Path, **other: object) -> Step:
    """A step that makes an empty file, named after it."""
    values: dict[str, object] = {"name": path.name, "check": f"[ -e '{path}' ]", "apply": f"touch '{path}'"}
    return Step(**{**values, **other})  # type: ignore[arg-type]


def done(records: Sequence[Record]) -> list[Done]:
    """The Done records among these."""
    return [record for record in records if isinstance(record, Done)]


def outcomes(records: Sequence[Record]) -> list[Outcome]:
    """The outcomes in the order in which they were told; the script must have come to its end."""
    assert isinstance(records[-1], End), records
    return [record.outcome for record in done(records)]
