"""A user's terminal: a home, a folder to work in, and the commands that are typed there."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nodewright.errors import Problem

PROJECT = Path(__file__).parents[2]
#: Seconds after which a command that has not ended is taken for one that hangs.
PATIENCE = 600.0


@dataclass(frozen=True, kw_only=True)
class Met(Problem):
    """What a run said of one thing that went wrong, in the parts that its records keep."""

    kind: str
    exit_code: int


@dataclass(frozen=True)
class Ended:
    """A command that has ended.

    Args:
        text: all that stood on the terminal.
        folder: where the run's records are, if the command was a run.
    """

    exit_code: int
    text: str
    folder: Path

    @property
    def report(self) -> dict[str, Any]:
        """The run's report.json."""
        report: dict[str, Any] = json.loads((self.folder / "report.json").read_text())
        return report

    def events(self, name: str) -> list[dict[str, Any]]:
        """The run's events of that name."""
        lines = (self.folder / "events.jsonl").read_text().splitlines()
        return [event for event in map(json.loads, lines) if event["event"] == name]

    def problems(self, host: str | None) -> list[Met]:
        """What went wrong there (None: on the operator's side), errors and warnings.

        Each says what to do next, and what is in the records stood on the terminal too.
        """
        met = [
            Met(kind=event["kind"], exit_code=event["exit_code"], **event["problem"])
            for event in self.events("problem met")
        ]
        for problem in met:
            assert problem.what in self.text
            assert problem.advice, f"no advice: {problem}"
            assert f"→ {problem.advice}" in self.text
        return [problem for problem in met if problem.host == host]

    def problem(self, host: str | None) -> Met:
        """The one thing that went wrong there."""
        found = self.problems(host)
        assert len(found) == 1, self.text
        return found[0]

    def steps(self, outcome: str) -> set[tuple[str, str]]:
        """The hosts and names of the steps with that outcome."""
        return {
            (event["host"], event["step"])
            for event in self.events("step ended")
            if event["outcome"] == outcome
        }


class Running:
    """A command that may still run; what it has printed so far is in `text`."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._watchdog = threading.Timer(PATIENCE, self.kill)
        self._watchdog.daemon = True
        self._watchdog.start()
        self.text = ""

    def until(self, pattern: str) -> None:
        """Returns once a line matches the regular expression; the command has to get there."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.text += line
            if re.search(pattern, line):
                return
        raise AssertionError(f"it ended before it said {pattern!r}:\n{self.text}")

    def interrupt(self) -> None:
        """Ctrl-C: the terminal sends it to all processes of the command."""
        os.killpg(self._process.pid, signal.SIGINT)

    def kill(self) -> None:
        """The command is gone at once, whatever it was about to do."""
        os.killpg(self._process.pid, signal.SIGKILL)

    def ended(self) -> Ended:
        """Waits for its end. No command may ever end in a traceback."""
        assert self._process.stdout is not None
        self.text += self._process.stdout.read()
        code = self._process.wait()
        self._watchdog.cancel()
        assert "Traceback" not in self.text, self.text
        return Ended(code, self.text, (self._folder / "runs" / "latest").resolve())


class Terminal:
    """Commands run in a folder of their own and with a home of their own.

    Args:
        folder: empty; what the commands leave lies below it.
    """

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.folder = folder / "work"
        self.home.mkdir()
        self.folder.mkdir()

    def inventory(self, document: Mapping[str, Any], name: str = "inventory.yaml") -> str:
        """Writes an inventory into the folder, for its owner alone, and gives its name."""
        file = self.folder / name
        file.touch(mode=0o600)
        file.write_text(yaml.safe_dump(dict(document), sort_keys=False, default_flow_style=None))
        return name

    def start(self, *words: str, stdin: int = subprocess.DEVNULL) -> Running:
        """`invoke WORDS`; goes on while it runs."""
        process = subprocess.Popen(
            [sys.executable, "-m", "invoke", "--search-root", str(PROJECT), *words],
            cwd=self.folder,
            env={"HOME": str(self.home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        return Running(process, self.folder)

    def invoke(self, *words: str, stdin: int = subprocess.DEVNULL) -> Ended:
        """`invoke WORDS`, to its end."""
        return self.start(*words, stdin=stdin).ended()
