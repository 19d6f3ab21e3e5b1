"""Sums a run up from its events: per host and per job, in an order that no thread can change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from nodewright.events import (
    Event,
    ExecEnded,
    HostSummary,
    JobEnded,
    JobSummary,
    RunStarted,
    StepEnded,
)
from nodewright.record import Outcome

#: Of several outcomes, the one that tells most comes last.
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


def most_telling(outcomes: Sequence[Outcome]) -> Outcome:
    """The outcome that stands for several; ok for none."""
    return max(outcomes, key=_RANK.__getitem__, default=Outcome.OK)


class Ledger:
    """Takes in each event of a run; its sums are whole at the run's end."""

    def __init__(self) -> None:
        self._started = RunStarted(at=0, run="", workflow="", mode="", stages=(), hosts=(), limit=None)
        self._steps: dict[str, dict[tuple[str, str], Outcome]] = {}
        self._jobs: dict[tuple[str, str], JobEnded] = {}
        self._execs: dict[str, list[ExecEnded]] = {}

    def __call__(self, event: Event) -> None:
        """Takes the event in."""
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

    def hosts(self) -> tuple[HostSummary, ...]:
        """One summary per host, in the inventory's order."""
        return tuple(self._host(name) for name in self._started.hosts)

    def jobs(self) -> tuple[JobSummary, ...]:
        """One summary per job: workflow order, then the inventory's."""
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
            status=most_telling(tuple(jobs.values())),
            steps={str(outcome): counts[outcome] for outcome in Outcome if counts[outcome]},
            jobs={stage: str(outcome) for stage, outcome in jobs.items()},
            execs=len(execs),
            sent=sum(exec_.sent for exec_ in execs),
            received=sum(exec_.received for exec_ in execs),
            seconds=max(e.at for e in execs) - min(e.started for e in execs) if execs else 0.0,
        )
