"""Which job may start now, and which one never will: the state of a graph while it runs. No I/O."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nodewright.script.records import Outcome
from nodewright.workflow.graph import OPERATOR, Graph, Job

SUCCESS = frozenset({Outcome.OK, Outcome.CHANGE, Outcome.CHANGED})


@dataclass(frozen=True)
class Blocked:
    """A job that will not run, and the one because of which."""

    job: Job
    because: Job


@dataclass
class _Tally:
    """How far a stage is."""

    jobs: int
    left: int
    succeeded: int = 0
    unsuccessful: Job | None = None

    def count(self, job: Job, before: Outcome | None, now: Outcome) -> None:
        self.left -= before is None
        self.succeeded += (now in SUCCESS) - (before in SUCCESS)
        if now not in SUCCESS and self.unsuccessful is None:
            self.unsuccessful = job


class Schedule:
    """The jobs of a run: waiting, started or ended.

    Args:
        graph: all jobs.
        lanes: how many jobs of each narrow lane may run at once.
    """

    def __init__(self, graph: Graph, lanes: Mapping[str, int]) -> None:
        self._graph = graph
        self._outcomes: dict[Job, Outcome] = {}
        self._started: set[Job] = set()
        self._room = dict(lanes)
        self._queues: dict[str, dict[str, None]] = {lane: {} for lane in lanes}
        self._tallies = {stage: _Tally(len(jobs), len(jobs)) for stage, jobs in graph.by_stage.items()}
        self._waiting_for: defaultdict[str, list[Job]] = defaultdict(list)
        for job, wants in graph.wants.items():
            for stage in {*wants.every, *wants.some, *wants.ended}:
                self._waiting_for[stage].append(job)
        self._position = {host: index for index, host in enumerate(graph.by_host)}
        self._stirred = set(graph.by_host)

    @property
    def outcomes(self) -> Mapping[Job, Outcome]:
        """What became of each job that has ended."""
        return self._outcomes

    def unended(self, host: str | None = None) -> tuple[Job, ...]:
        """The jobs of one host, or of all, that have not ended, in workflow order."""
        jobs = self._graph.wants if host is None else self._graph.by_host[host]
        return tuple(job for job in jobs if job not in self._outcomes)

    def stir(self, host: str) -> None:
        """The host is to be looked at again: it is idle now, or an input that it waited for is there."""
        self._stirred.add(host)

    def chains(
        self, idle: Callable[[str], bool], given: Callable[[Job], bool]
    ) -> Iterator[tuple[str, tuple[Job, ...]]]:
        """Starts all that can start now; yields each host with the jobs of its next script.

        A chain is the host's first ready job and those after it, in workflow order, that need nothing more
        than jobs of the chain. A job with inputs follows only one that has the same: what is short-lived is
        asked for as late as can be. Likewise a job does not hold a place in a narrow lane before its turn.

        Args:
            idle: whether no script runs on the host.
            given: whether the inputs of a ready job that has some are there; asked of no other job.
        """
        stirred, self._stirred = self._stirred, set()
        for host in sorted(stirred, key=self._position.__getitem__):
            if idle(host):
                yield from self._started_chain(host, given)
        for lane, queue in self._queues.items():
            while queue and self._room[lane] > 0:
                host = next(iter(queue))
                del queue[host]
                if idle(host):
                    yield from self._started_chain(host, given)

    def put_back(self, job: Job) -> tuple[Blocked, ...]:
        """The script that held the job ended before its turn; it waits again.

        Returns:
            The jobs that are blocked, this one among them if what it needs has failed meanwhile.
        """
        self._leave(job)
        return self._block([job])

    def end(self, job: Job, outcome: Outcome) -> tuple[Blocked, ...]:
        """The job has ended (once more, where a last look at the host found it undone after all).

        Returns:
            The jobs that are blocked by this, directly or not.
        """
        self._note(job, outcome)
        return self._block(self._followers(job))

    def _block(self, candidates: Iterable[Job]) -> tuple[Blocked, ...]:
        blocked: list[Blocked] = []
        queue = deque(candidates)
        while queue:
            job = queue.popleft()
            self._stirred.add(job.host)
            because = self._obstacle(job)
            if because is not None and job not in self._started and job not in self._outcomes:
                blocked.append(Blocked(job, because))
                self._note(job, Outcome.BLOCKED)
                queue.extend(self._followers(job))
        return tuple(blocked)

    def _note(self, job: Job, outcome: Outcome) -> None:
        self._tallies[job.stage].count(job, self._outcomes.get(job), outcome)
        self._outcomes[job] = outcome
        self._stirred.add(job.host)
        self._leave(job)

    def _leave(self, job: Job) -> None:
        if job in self._started:
            self._started.remove(job)
            lane = self._graph.wants[job].lane
            if lane is not None:
                self._room[lane] += 1

    def _started_chain(
        self, host: str, given: Callable[[Job], bool]
    ) -> Iterator[tuple[str, tuple[Job, ...]]]:
        chain: list[Job] = []
        for job in self._graph.by_host[host]:
            if job in self._outcomes or job in self._started or not self._may_follow(job, chain):
                continue
            if self._joins(job, chain) if chain else self._leads(job, given):
                chain.append(job)
                self._started.add(job)
                lane = self._graph.wants[job].lane
                if lane is not None:
                    self._room[lane] -= 1
                if host == OPERATOR:
                    yield host, (job,)
                    chain = []
        if chain:
            yield host, tuple(chain)

    def _leads(self, job: Job, given: Callable[[Job], bool]) -> bool:
        lane = self._graph.wants[job].lane
        if lane is not None and self._room[lane] <= 0:
            self._queues[lane][job.host] = None
            return False
        return not self._graph.wants[job].inputs or given(job)

    def _joins(self, job: Job, chain: Sequence[Job]) -> bool:
        wants, first = self._graph.wants[job], self._graph.wants[chain[0]]
        return wants.lane is None and set(wants.inputs) <= set(first.inputs)

    def _may_follow(self, job: Job, chain: Sequence[Job]) -> bool:
        wants = self._graph.wants[job]
        stages = {earlier.stage for earlier in chain}
        return (
            all(self._outcomes.get(need) in SUCCESS or need in chain for need in wants.own)
            and all(self._tallies[stage].left == 0 for stage in wants.every)
            and all(self._any_succeeded(stage) or stage in stages for stage in wants.some)
            and all(self._tallies[stage].left == (stage in stages) for stage in wants.ended)
        )

    def _any_succeeded(self, stage: str) -> bool:
        tally = self._tallies[stage]
        return tally.succeeded > 0 or tally.jobs == 0

    def _obstacle(self, job: Job) -> Job | None:
        wants = self._graph.wants[job]
        for need in wants.own:
            if need in self._outcomes and self._outcomes[need] not in SUCCESS:
                return need
        for stage in wants.every:
            if self._tallies[stage].unsuccessful is not None:
                return self._tallies[stage].unsuccessful
        for stage in wants.some:
            if self._tallies[stage].left == 0 and not self._any_succeeded(stage):
                return self._tallies[stage].unsuccessful
        return None

    def _followers(self, job: Job) -> Iterator[Job]:
        """The jobs for which this one's end may be the news they wait for."""
        tally = self._tallies[job.stage]
        telling = tally.left == 0 or tally.succeeded == 1 or self._outcomes[job] not in SUCCESS
        yield from (other for other in self._graph.by_host[job.host] if job in self._graph.wants[other].own)
        if telling:
            yield from self._waiting_for[job.stage]
