"""When each job began and what became of it: noted in the schedule, told as events."""

from __future__ import annotations

import time

from nodewright.events import JobEnded, JobStarted
from nodewright.grants import Grants
from nodewright.graph import Job
from nodewright.journal import Journal
from nodewright.record import Outcome
from nodewright.schedule import Blocked, Schedule


class Ends:
    """The one place where jobs begin and end.

    Args:
        schedule: is told of every end, and says what is blocked by it.
        grants: learns who no longer needs a value.
        journal: of the run.
    """

    def __init__(self, schedule: Schedule, grants: Grants, journal: Journal) -> None:
        self._schedule = schedule
        self._grants = grants
        self._journal = journal
        self._started: dict[Job, float] = {}

    def has_begun(self, job: Job) -> bool:
        """Whether the job's turn has come."""
        return job in self._started

    def begin(self, job: Job) -> None:
        """The job's turn has come; said once, however often it is sent."""
        if job not in self._started:
            self._started[job] = time.time()
            self._journal.tell(JobStarted(at=self._started[job], host=job.host, stage=job.stage))

    def put_back(self, job: Job) -> None:
        """The script ended before the job was done, through no fault of its own: it waits again."""
        self._started.pop(job, None)
        self._tell_blocked(self._schedule.put_back(job))

    def end(self, job: Job, outcome: Outcome, because: str = "") -> None:
        """The job has ended, and with it all that can no longer start.

        Args:
            because: what stands in its way, where it is blocked.
        """
        blocked = self._schedule.end(job, outcome)
        self._tell(job, outcome, because)
        self._tell_blocked(blocked)

    def end_all(self, host: str, outcome: Outcome) -> None:
        """All jobs of the host that have not ended."""
        for job in self._schedule.unended(host):
            if job not in self._schedule.outcomes:
                self.end(job, outcome)

    def _tell_blocked(self, blocked: tuple[Blocked, ...]) -> None:
        for entry in blocked:
            self._tell(entry.job, Outcome.BLOCKED, str(entry.because))

    def _tell(self, job: Job, outcome: Outcome, because: str) -> None:
        self._grants.ended(job)
        event = JobEnded(
            at=time.time(),
            host=job.host,
            stage=job.stage,
            outcome=outcome,
            started=self._started.get(job),
            because=because,
        )
        self._journal.tell(event)
