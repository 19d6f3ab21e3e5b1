"""What a run came to: its exit code, one sentence, and the sums per host and job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nodewright import errors
from nodewright.errors import NodewrightError
from nodewright.events import HostSummary, JobSummary
from nodewright.record import Outcome
from nodewright.script import Mode


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a run came to.

    Args:
        exit_code: for the process; see errors.
        run_id: the run's name in records and locks.
        folder: of its records.
        verdict: one sentence.
        problems: all errors, masked, in the inventory's order.
        hosts: in the inventory's order.
        jobs: workflow order, then the inventory's.
        seconds: how long it took.
    """

    exit_code: int
    run_id: str
    folder: Path
    verdict: str
    problems: tuple[NodewrightError, ...]
    hosts: tuple[HostSummary, ...]
    jobs: tuple[JobSummary, ...]
    seconds: float


def verdict_of(
    mode: Mode, problems: Sequence[NodewrightError], hosts: Sequence[HostSummary]
) -> tuple[int, str]:
    """The exit code of a run and one sentence that says what it came to."""
    code = errors.exit_code(problem.exit_code for problem in problems)
    if code != errors.EXIT_DONE:
        worst = next(problem for problem in problems if problem.exit_code == code)
        more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
        place = "".join(f"{part}: " for part in (worst.host, worst.step) if part)
        return code, f"{place}{worst.what}{more}"
    kind = Outcome.CHANGE if mode is Mode.PLAN else Outcome.CHANGED
    changes = sum(host.steps.get(kind, 0) for host in hosts)
    where = sum(1 for host in hosts if kind in host.steps)
    if changes == 0:
        return code, "nothing to change" if any(host.steps for host in hosts) else "done"
    if mode is Mode.PLAN:
        return errors.EXIT_CHANGES, f"{_count(changes, 'step')} would change on {_count(where, 'host')}"
    return code, f"{_count(changes, 'step')} changed on {_count(where, 'host')}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
