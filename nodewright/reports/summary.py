"""Sums a run up from its events: per host and per job, in an order that no thread can change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nodewright import errors
from nodewright.errors import ConnectError, ConnectionLost, NodewrightError
from nodewright.reports.events import (
    Event,
    ExecEnded,
    FactsGathered,
    HostSummary,
    JobEnded,
    JobSummary,
    ProblemMet,
    RunStarted,
    StepEnded,
)
from nodewright.script.compile import Mode
from nodewright.script.records import Outcome

#: Ranks outcomes: the most telling one comes last.
_RANK = {
    outcome: rank
    for rank, outcome in enumerate(
        (
            Outcome.OK,
            Outcome.CHANGE,
            Outcome.CHANGED,
            Outcome.NOT_RUN,
            Outcome.BLOCKED,
            Outcome.NOT_PROVEN,
            Outcome.FAILED,
            Outcome.UNCONVERGED,
            Outcome.LOST,
        )
    )
}

_LOSSES = frozenset({ConnectError.exit_code, ConnectionLost.exit_code})


def most_telling(outcomes: Sequence[Outcome]) -> Outcome:
    """Returns the most telling of one or more outcomes."""
    return max(outcomes, key=_RANK.__getitem__)


class Ledger:
    """Collects the events of a run. The sums are complete at its end."""

    def __init__(self) -> None:
        self._started = RunStarted(at=0, run="", workflow="", mode="", stages=(), hosts=(), limit=None)
        self._steps: dict[str, dict[tuple[str, str], Outcome]] = {}
        self._jobs: dict[tuple[str, str], JobEnded] = {}
        self._execs: dict[str, list[ExecEnded]] = {}
        self._without_jobs: dict[str, list[Outcome]] = {}

    def __call__(self, event: Event) -> None:
        """Counts the event."""
        if isinstance(event, RunStarted):
            self._started = event
        elif isinstance(event, StepEnded):
            steps = self._steps.setdefault(event.host, {})
            key = (event.stage, event.step)
            steps[key] = most_telling((steps.get(key, Outcome.OK), event.outcome))
        elif isinstance(event, JobEnded):
            self._jobs[event.stage, event.host] = event
        elif isinstance(event, ExecEnded):
            self._execs.setdefault(event.host, []).append(event)
        elif isinstance(event, FactsGathered):
            self._without_jobs.setdefault(event.host, []).append(Outcome.OK)
        elif isinstance(event, ProblemMet) and event.problem.host and event.exit_code:
            found = Outcome.LOST if event.exit_code in _LOSSES else Outcome.FAILED
            self._without_jobs.setdefault(event.problem.host, []).append(found)

    def hosts(self) -> tuple[HostSummary, ...]:
        """Returns one summary per host, in the inventory's order."""
        return tuple(self._host(name) for name in self._started.hosts)

    def jobs(self) -> tuple[JobSummary, ...]:
        """Returns one summary per job, in workflow order, then the inventory's."""
        begin = self._started.at
        return tuple(
            JobSummary(
                host=job.host,
                stage=job.stage,
                outcome=job.outcome,
                started=None if job.started is None else job.started - begin,
                ended=job.at - begin,
                because=job.because,
            )
            for stage in self._started.stages
            for host in ("", *self._started.hosts)
            if (job := self._jobs.get((stage, host))) is not None
        )

    def _host(self, name: str) -> HostSummary:
        execs = self._execs.get(name, [])
        jobs = {
            stage: self._jobs[stage, name].outcome
            for stage in self._started.stages
            if (stage, name) in self._jobs
        }
        counts = Counter(self._steps.get(name, {}).values())
        return HostSummary(
            host=name,
            # A host without jobs gets its status from its facts or its problems.
            status=most_telling(tuple(jobs.values()) or self._without_jobs.get(name, [Outcome.NOT_RUN])),
            steps={str(outcome): counts[outcome] for outcome in Outcome if counts[outcome]},
            jobs={stage: str(outcome) for stage, outcome in jobs.items()},
            execs=len(execs),
            sent=sum(exec_.sent for exec_ in execs),
            received=sum(exec_.received for exec_ in execs),
            seconds=max(e.at for e in execs) - min(e.started for e in execs) if execs else 0.0,
        )


@dataclass(frozen=True, kw_only=True)
class Result:
    """Holds the result of a run.

    Args:
        exit_code: for the process; see errors.
        run_id: the run's name in records and locks.
        folder: the run's folder.
        verdict: one sentence.
        problems: all errors, masked, in the inventory's order.
        hosts: in the inventory's order.
        jobs: in workflow order, then the inventory's.
        seconds: the duration of the run.
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
    """Returns the exit code of a run, and one sentence that sums it up."""
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
