"""Runs the jobs: starts those that can start, and handles those that end, until all have ended."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial

from nodewright.errors import ConnectError, ConnectionLost, Interrupted, Locked, NodewrightError
from nodewright.reports.events import JobEnded, JobStarted
from nodewright.reports.journal import Journal
from nodewright.run.ask import stop_scripts
from nodewright.run.execs import Inbox
from nodewright.run.host_script import Chain, give, revoke
from nodewright.run.operator import outcome_of, start_tasks
from nodewright.run.reboot import Reboots
from nodewright.run.run import Shared
from nodewright.script.compile import Mode
from nodewright.script.records import Outcome
from nodewright.secret import Secret
from nodewright.workflow.graph import OPERATOR, Graph, Job
from nodewright.workflow.schedule import Blocked, Schedule
from nodewright.workflow.stages import Input
from nodewright.workflow.values import Given, Request, Values


class Jobs:
    """Runs the jobs of a graph; is the Board of its chains. All methods are called in the run's own thread.

    Args:
        shared: state of the run.
        graph: its jobs.
        inbox: where other threads leave their calls.
        gone: hosts that cannot be reached, each with the error.

    Attributes:
        positions: how far the scripts of each host are, for a person.
    """

    def __init__(
        self, shared: Shared, graph: Graph, inbox: Inbox, gone: Mapping[str, NodewrightError]
    ) -> None:
        self._shared = shared
        self._graph = graph
        self._inbox = inbox
        self._gone = dict(gone)
        self._schedule = Schedule(graph, shared.workflow.lanes)
        self._values = Values(
            graph, tuple(shared.hosts.values()), lost=lambda host: host in self._gone, clock=time.monotonic
        )
        self._reboots = Reboots(shared)
        self._ends = Ends(self._schedule, self._values, shared.journal)
        self._chains: dict[str, Chain] = {}
        self._others: dict[object, str] = {}
        self._stops: set[str] = set()
        self._stopping = False
        self.positions: dict[str, str] = {}
        for host in gone:
            self._ends.end_all(host, Outcome.LOST)

    def run(self) -> None:
        """Returns when every job has ended and all values are revoked."""
        if self._shared.mode is Mode.PLAN:
            self._ends.end_all(OPERATOR, Outcome.NOT_RUN)
        while not self._inbox.empty():
            self._inbox.get()()
        self._advance()
        while self._chains or self._others or self._stops:
            self._inbox.get()()
            self._advance()
        if self._shared.stopping:
            self.stop()
        for job in self._schedule.unended():
            self._shared.meet(
                NodewrightError(f"{job} never became ready", advice="this is a bug of nodewright")
            )
            self._ends.end(job, Outcome.NOT_RUN)

    # ---- What starts -------------------------------------------------------------------------------------

    def _advance(self) -> None:
        if not self._shared.stopping:
            for host in self._schedule.take_stirred():
                self._start_what_is_ready(host)
            while (queued := self._schedule.take_queued()) is not None:
                self._start_what_is_ready(queued)
            for request in self._values.requests():
                self._ask(request)
        for given in self._values.unneeded():
            self._values.strike(given)
            self._revoke(given)

    def _start_what_is_ready(self, host: str) -> None:
        while host not in self._chains:
            ready = self._schedule.ready(host, self._values.has_all)
            for lane in ready.full_lanes:
                self._schedule.queue(host, lane)
            for job in ready.lacking:
                self._values.want(job)
            if not ready.jobs:
                return
            self._schedule.start(ready.jobs)
            if host == OPERATOR:
                self._start_tasks(ready.jobs[0])
            else:
                self._start_chain(ready.jobs)

    def _start_chain(self, jobs: tuple[Job, ...], rebooted: frozenset[tuple[str, str]] = frozenset()) -> None:
        values: dict[str, Secret] = {}
        for job in jobs:
            values |= self._values.values(job)
        chain = Chain(self._shared, self, jobs, values=values, rebooted=rebooted)
        self._chains[chain.host] = chain
        chain.start()

    def _start_tasks(self, job: Job) -> None:
        self.job_started(job)
        self._others[job] = job.stage
        stage = self._shared.stage(job.stage)
        start_tasks(self._shared, stage, self._ended_jobs, partial(self._tasks_ended, job))

    def _ended_jobs(self, stage: str) -> dict[str, str]:
        outcomes = self._schedule.outcomes
        return {job.host: str(outcomes[job]) for job in self._graph.by_stage[stage] if job in outcomes}

    def _tasks_ended(self, job: Job, errors: tuple[NodewrightError, ...]) -> None:
        del self._others[job]
        for error in errors:
            if not isinstance(error, Interrupted):
                self._shared.meet(error)
        self._ends.end(job, outcome_of(errors))

    # ---- Values of other hosts ---------------------------------------------------------------------------

    def _ask(self, request: Request) -> None:
        entry, source = request.entry, request.source
        self._values.ask(entry)
        if source is not None:
            self._others[entry] = f"{source}: gives {' '.join(entry.names)}"
            give(self._shared, entry, source, partial(self._answered, entry, source))
            return
        for name in request.candidates:
            self._meet_gone(name)
        for job in request.consumers:
            self._ends.end(job, Outcome.BLOCKED, because=" ".join(request.candidates))

    def _answered(
        self, entry: Input, source: str, values: Mapping[str, Secret], errors: tuple[NodewrightError, ...]
    ) -> None:
        del self._others[entry]
        if errors or len(values) < len(entry.names):
            hosts = self._values.refuse(entry, source, values)
            for error in errors:
                self._value_script_failed(source, error)
        else:
            hosts = self._values.take(entry, source, values)
        for host in hosts:
            self._schedule.stir(host)

    def _revoke(self, given: Given) -> None:
        if given.entry.revoke is not None:
            self._others[given] = f"{given.source}: revokes {' '.join(given.entry.names)}"
            revoke(self._shared, given, given.entry.revoke, partial(self._revoked, given))

    def _revoked(
        self, given: Given, values: Mapping[str, Secret], errors: tuple[NodewrightError, ...]
    ) -> None:
        del self._others[given]
        for error in errors:
            self._value_script_failed(given.source, error)

    def _value_script_failed(self, source: str, error: NodewrightError) -> None:
        if isinstance(error, ConnectError | ConnectionLost) and source not in self._chains:
            self._lose(source, error, Outcome.LOST)
        else:
            self._shared.meet(error)

    # ---- Calls of the chains: see Board ------------------------------------------------------------------

    def job_started(self, job: Job) -> None:
        """See Board."""
        self._ends.begin(job)

    def job_done(self, job: Job, outcome: Outcome) -> None:
        """See Board."""
        self._ends.end(job, outcome)

    def script_begun(self, chain: Chain) -> None:
        """See Board."""
        if self._stopping:
            self._send_stop(chain.host)

    def script_ended(self, chain: Chain, error: NodewrightError | None) -> None:
        """See Board."""
        del self._chains[chain.host]
        self.positions[chain.host] = chain.position()
        self._schedule.stir(chain.host)
        errors = chain.reading.failures(error)
        left = tuple(job for job in chain.jobs if job not in self._schedule.outcomes)
        if any(isinstance(e, ConnectError | ConnectionLost) for e in errors):
            chain.lost()
            self._lose(chain.host, errors[0], Outcome.LOST, left)
        elif any(isinstance(e, Locked) for e in errors):
            self._lose(chain.host, errors[0], Outcome.BLOCKED, left)
        elif any(isinstance(e, Interrupted) for e in errors):
            self._leave(left)
        elif errors:
            self._failed(chain, errors, left)
        elif left and not self._shared.stopping:
            if chain.reading.reboot is not None:
                self._reboot(chain, left)
            else:
                self._failed(chain, (_unfinished(chain),), left)
        else:
            self._leave(left)

    def _failed(self, chain: Chain, errors: tuple[NodewrightError, ...], left: tuple[Job, ...]) -> None:
        for error in errors:
            error.place(host=chain.host)
            self._shared.meet(error)
        failed = chain.failed_jobs()
        for job in failed:
            self._ends.end(job, Outcome.FAILED)
        self._leave(tuple(job for job in left if job not in failed))

    def _leave(self, jobs: tuple[Job, ...]) -> None:
        """Puts back jobs whose script ended before they were done, through no fault of theirs."""
        for job in reversed(jobs) if self._shared.stopping else jobs:
            if job in self._schedule.outcomes:
                continue
            if self._shared.stopping:
                self._ends.end(job, Outcome.NOT_RUN)
            else:
                self._ends.put_back(job)

    def _lose(self, host: str, error: NodewrightError, outcome: Outcome, left: tuple[Job, ...] = ()) -> None:
        if host not in self._gone:
            self._gone[host] = error
            self._shared.meet(error)
        for job in left[1:]:
            self._schedule.put_back(job)
        self._ends.end_all(host, outcome)

    def _meet_gone(self, host: str) -> None:
        """Reports that a host outside --limit is needed, but could not be reached."""
        error = self._gone.get(host)
        if error is not None and error not in self._shared.problems:
            self._shared.meet(error)

    # ---- Reboots -----------------------------------------------------------------------------------------

    def _reboot(self, chain: Chain, left: tuple[Job, ...]) -> None:
        self._chains[chain.host] = chain
        self._reboots.wait(chain, partial(self._rebooted, chain, left))

    def _rebooted(self, chain: Chain, left: tuple[Job, ...], error: NodewrightError | None) -> None:
        del self._chains[chain.host]
        self._schedule.stir(chain.host)
        if error is None and not self._shared.stopping:
            self._start_chain(left, self._reboots.steps(chain))
        elif error is None or isinstance(error, Interrupted):
            self._leave(left)
        elif isinstance(error, ConnectError | ConnectionLost):
            self._lose(chain.host, error, Outcome.LOST, left)
        else:
            self._failed(chain, (error,), left)

    # ---- Ctrl-C ------------------------------------------------------------------------------------------

    def running(self) -> tuple[str, ...]:
        """Returns the steps that run now, as `host: step`."""
        hosts = (host for host in self._graph.by_host if host in self._chains)
        return (*(f"{host}: {self._chains[host].position()}" for host in hosts), *self._others.values())

    def give_up(self) -> tuple[str, ...]:
        """Ends all jobs, and returns the steps that still run on their own."""
        running = self.running()
        given = (*self._values.good(), *(key for key in self._others if isinstance(key, Given)))
        for job in reversed(self._schedule.unended()):
            self._ends.end(job, Outcome.LOST if self._ends.has_begun(job) else Outcome.NOT_RUN)
        return (
            *running,
            *(f"{g.source}: {' '.join(g.entry.names)} is not revoked" for g in given if g.entry.revoke),
        )

    def stop(self) -> None:
        """Lets running steps finish. After that, only values that were given are revoked."""
        self._stopping = True
        begun = {job for chain in self._chains.values() for job in chain.jobs} | self._others.keys()
        for job in reversed(self._schedule.unended()):
            if job not in begun:
                self._ends.end(job, Outcome.NOT_RUN)
        for chain in self._chains.values():
            if chain.begun and chain.reading.reboot is None:
                self._send_stop(chain.host)

    def _send_stop(self, host: str) -> None:
        self._stops.add(host)
        target, transport = self._shared.hosts[host].target, self._shared.execs.lend("stop")
        # The scripts of a host that cannot be told run to their end.
        self._shared.execs.spawn(
            partial(stop_scripts, transport, target, run_id=self._shared.run_id),
            lambda *_: self._stops.discard(host),
        )


def _unfinished(chain: Chain) -> NodewrightError:
    return NodewrightError(
        "the script ended, and not all of its jobs are done",
        host=chain.host,
        advice="this is a bug of nodewright; please report it with this run's folder",
    )


class Ends:
    """Begins and ends jobs; no other code does.

    Args:
        schedule: hears of every end, and says what it blocks.
        values: hears which jobs need no values any more.
        journal: of the run.
    """

    def __init__(self, schedule: Schedule, values: Values, journal: Journal) -> None:
        self._schedule = schedule
        self._values = values
        self._journal = journal
        self._started: dict[Job, float] = {}

    def has_begun(self, job: Job) -> bool:
        """Returns whether the job's turn has come."""
        return job in self._started

    def begin(self, job: Job) -> None:
        """Notes that the job's turn has come. Tells it once, however often the job is sent."""
        if job not in self._started:
            self._started[job] = time.time()
            self._journal.tell(JobStarted(at=self._started[job], host=job.host, stage=job.stage))

    def put_back(self, job: Job) -> None:
        """Lets the job wait again, since its script ended before it was done, through no fault of its own."""
        self._started.pop(job, None)
        self._tell_blocked(self._schedule.put_back(job))

    def end(self, job: Job, outcome: Outcome, because: str = "") -> None:
        """Ends the job, and all jobs that can no longer start.

        Args:
            because: the job or host that blocks it, if it is blocked.
        """
        blocked = self._schedule.end(job, outcome)
        self._tell(job, outcome, because)
        self._tell_blocked(blocked)

    def end_all(self, host: str, outcome: Outcome) -> None:
        """Ends all jobs of the host that have not ended."""
        for job in self._schedule.unended(host):
            if job not in self._schedule.outcomes:
                self.end(job, outcome)

    def _tell_blocked(self, blocked: tuple[Blocked, ...]) -> None:
        for entry in blocked:
            self._tell(entry.job, Outcome.BLOCKED, str(entry.because))

    def _tell(self, job: Job, outcome: Outcome, because: str) -> None:
        self._values.end(job)
        event = JobEnded(
            at=time.time(),
            host=job.host,
            stage=job.stage,
            outcome=outcome,
            started=self._started.get(job),
            because=because,
        )
        self._journal.tell(event)
