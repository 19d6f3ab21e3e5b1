"""Defines the events of a run: frozen values that reporters and files receive.

An event holds strings, numbers, flags and tuples of them, so that `as_json` is a plain mapping. Secrets are
masked before an event is made.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from nodewright.errors import Problem
from nodewright.script.records import Outcome

#: Version of the events as JSON. Raise it when a field changes its meaning or is removed.
VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something happened.

    Args:
        at: when, in seconds since 1970 (UTC).
    """

    at: float


@dataclass(frozen=True, kw_only=True)
class RunStarted(Event):
    """A run has begun.

    Args:
        about: what the hosts form together, and who says so.
        hosts: the hosts that the run contacts.
        limit: the hosts that it may change; None for all.
    """

    run: str
    workflow: str
    mode: str
    stages: tuple[str, ...]
    hosts: tuple[str, ...]
    limit: tuple[str, ...] | None
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class FactsGathered(Event):
    """A host's facts were gathered; `again` after a reboot."""

    host: str
    seconds: float
    again: bool


@dataclass(frozen=True, kw_only=True)
class JobStarted(Event):
    """A job's turn has come; `host` is empty on the operator's side."""

    host: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class JobEnded(Event):
    """A job has ended.

    Args:
        started: when it began, in the form of `at`; None if it never did.
        because: the job or host that blocks it, for blocked.
    """

    host: str
    stage: str
    outcome: Outcome
    started: float | None
    because: str = ""


@dataclass(frozen=True, kw_only=True)
class StepBegan(Event):
    """A step's apply is about to run."""

    host: str
    stage: str
    step: str


@dataclass(frozen=True, kw_only=True)
class StepTicked(Event):
    """A long step still runs, after `seconds`; `last_line` is the last line of its output."""

    host: str
    stage: str
    step: str
    seconds: float
    last_line: str


@dataclass(frozen=True, kw_only=True)
class StepEnded(Event):
    """A step has ended.

    Args:
        seconds: duration of check, apply and second check together.
        diff: for change, the unified diff from the output of `show` to the wanted text.
        output: for change without a wanted text, the output of `show`; for a failure, the kept output.
        where: `file:line` of the role that yielded the step.
        timed_out: the step was killed at its timeout.
    """

    host: str
    stage: str
    step: str
    outcome: Outcome
    seconds: float
    diff: str = ""
    output: str = ""
    where: str = ""
    timed_out: bool = False


@dataclass(frozen=True, kw_only=True)
class OutputGiven(Event):
    """A host gave a value to others. No event holds the value itself."""

    host: str
    name: str


@dataclass(frozen=True, kw_only=True)
class TaskProgressed(Event):
    """A task on the operator's side says what it is looking at."""

    stage: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ProblemMet(Event):
    """An error or a warning (`exit_code` 0) came up; the event holds all that a user is told about it.

    Args:
        kind: the class of the error, or `Warning`.
    """

    kind: str
    exit_code: int
    problem: Problem


@dataclass(frozen=True, kw_only=True)
class ExecEnded(Event):
    """One exec has ended.

    Args:
        purpose: `facts`, `script`, `offer`, `revoke`, `stop`, `boot` or `ask`.
        stages: the stages of the jobs in the script.
        started: when it began to connect, in the form of `at`.
        sent: bytes sent to the host.
        received: bytes received from it.
    """

    host: str
    purpose: str
    stages: tuple[str, ...]
    started: float
    sent: int
    received: int


@dataclass(frozen=True, kw_only=True)
class RebootAwaited(Event):
    """A host reboots, because `step` asked for it."""

    host: str
    stage: str
    step: str


@dataclass(frozen=True, kw_only=True)
class Rebooted(Event):
    """A host is back with another boot id, `seconds` after it was told to reboot."""

    host: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class RunInterrupted(Event):
    """Ctrl-C was pressed.

    Args:
        presses: 1 to stop once the running steps are finished; 2 to give up at once.
        running: the steps that run at this moment, as `host: step`.
    """

    presses: int
    running: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class HostSummary:
    """Sums up what a run did on one host.

    Args:
        status: the worst outcome of its jobs; `ok` for a host that only gave values.
        steps: the number of steps with each outcome.
        jobs: outcome by stage, in workflow order.
        seconds: from the start of its first exec to the end of its last one.
    """

    host: str
    status: Outcome
    steps: dict[str, int]
    jobs: dict[str, str]
    execs: int
    sent: int
    received: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class JobSummary:
    """Sums up a job; `started` and `ended` are seconds since the run's start, None if it never started."""

    host: str
    stage: str
    outcome: Outcome
    started: float | None
    ended: float
    because: str


@dataclass(frozen=True, kw_only=True)
class RunEnded(Event):
    """The run is over; `hosts` are in the inventory's order, `jobs` in workflow order, then the inventory's.

    Args:
        verdict: one sentence.
        problems: the number of errors; together they determine the exit code.
    """

    run: str
    workflow: str
    mode: str
    exit_code: int
    verdict: str
    problems: int
    seconds: float
    hosts: tuple[HostSummary, ...]
    jobs: tuple[JobSummary, ...]


#: Receives each event from one thread, in the order in which they happen.
Reporter = Callable[[Event], None]


def as_json(event: Event) -> dict[str, Any]:
    """Returns an event as a mapping of plain values: `version`, `event` (`step ended`), then its fields."""
    # Few events hold other dataclasses; looking for them in every event would cost more than all the rest.
    fields = asdict(event) if isinstance(event, RunEnded | ProblemMet) else vars(event)
    return {"version": VERSION, "event": _name_of(type(event).__name__), **fields}


@cache
def _name_of(kind: str) -> str:
    return re.sub("(?<=[a-z])(?=[A-Z])", " ", kind).lower()


def unified(present: str, want: str) -> str:
    """Returns the unified diff from the present text to the wanted one, without file names; empty if equal."""
    lines = list(difflib.unified_diff(present.splitlines(), want.splitlines(), lineterm="", n=3))
    return "\n".join(lines[2:])
