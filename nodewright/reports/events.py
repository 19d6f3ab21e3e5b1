"""Everything that happens in a run, as frozen values: what reporters and files are fed with.

An event holds strings, numbers, flags and tuples of them, so that `as_json` is a plain mapping. Whatever is
secret was masked before the event existed.
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

#: Of the events as JSON; goes up when a field changes its meaning or goes away.
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
        about: what the hosts are together, and who says so.
        hosts: those it speaks to.
        limit: those it may change; None for all.
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
    """A host said what it is; `again` after a reboot."""

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
    """A job came to its end.

    Args:
        started: when it had begun, as `at`; None when it never did.
        because: for blocked: the job or host that stands in the way.
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
    """A long step still runs, for `seconds` by now; `last_line` is the last of its output."""

    host: str
    stage: str
    step: str
    seconds: float
    last_line: str


@dataclass(frozen=True, kw_only=True)
class StepEnded(Event):
    """A step came to its end.

    Args:
        seconds: check, apply and second check together.
        diff: for change: from what `show` printed to what is wanted, as a unified diff.
        output: for change without a wanted text: what `show` printed; for a failure: what was kept.
        where: `file:line` of the role that yielded the step.
        timed_out: it was killed at its timeout.
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
    """A host gave a value to others; the value itself is in no event."""

    host: str
    name: str


@dataclass(frozen=True, kw_only=True)
class TaskProgressed(Event):
    """What a check on the operator's side looks at now."""

    stage: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ProblemMet(Event):
    """An error, or a warning (`exit_code` 0), with all that a user is told of it.

    Args:
        kind: the class of the error, or `Warning`.
    """

    kind: str
    exit_code: int
    problem: Problem


@dataclass(frozen=True, kw_only=True)
class ExecEnded(Event):
    """One exec came to its end.

    Args:
        purpose: `facts`, `script`, `offer`, `revoke`, `stop`, `boot` or `ask`.
        stages: of the jobs that the script held.
        started: when it had begun to connect, as `at`.
        sent: bytes on the wire, there.
        received: bytes on the wire, back.
    """

    host: str
    purpose: str
    stages: tuple[str, ...]
    started: float
    sent: int
    received: int


@dataclass(frozen=True, kw_only=True)
class RebootAwaited(Event):
    """A host reboots; `step` asked for it."""

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
        presses: 1: running steps are finished, then no more; 2: given up at once.
        running: what runs at this moment: `host: step`.
    """

    presses: int
    running: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class HostSummary:
    """What a run did on one host.

    Args:
        status: the worst outcome of its jobs; `ok` for a host that only gave something.
        steps: how many steps came to each outcome.
        jobs: outcome by stage, in workflow order.
        seconds: in execs, from the first one's start to the last one's end.
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
    """When a job ran: `started` and `ended` in seconds since the run's start, None where it never did."""

    host: str
    stage: str
    outcome: Outcome
    started: float | None
    ended: float
    because: str


@dataclass(frozen=True, kw_only=True)
class RunEnded(Event):
    """The run is over; `hosts` in the inventory's order, `jobs` in workflow order and then that.

    Args:
        verdict: one sentence.
        problems: how many errors were met; the exit code is the one that all of them together make.
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


#: Is told each event, in the order in which they happen, by one thread.
Reporter = Callable[[Event], None]


def as_json(event: Event) -> dict[str, Any]:
    """Returns an event as a mapping of plain values: `version`, `event` (`step ended`), then its fields."""
    # Few events have fields within fields; to look for them in all costs more than all the rest.
    fields = asdict(event) if isinstance(event, RunEnded | ProblemMet) else vars(event)
    return {"version": VERSION, "event": _name_of(type(event).__name__), **fields}


@cache
def _name_of(kind: str) -> str:
    return re.sub("(?<=[a-z])(?=[A-Z])", " ", kind).lower()


def unified(present: str, want: str) -> str:
    """Returns the unified diff from the present text to the wanted one, without file names; empty when equal."""
    lines = list(difflib.unified_diff(present.splitlines(), want.splitlines(), lineterm="", n=3))
    return "\n".join(lines[2:])
