"""Keeps the state of a graph while it runs: which job may start now, and which one never will. No I/O.

Questions (`ready`, `outcomes`, `unended`) change nothing. Orders (`start`, `end`) change the state.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nodewright.script.records import Outcome
from nodewright.workflow.graph import OPERATOR, Graph, Job

SUCCESS = frozenset({Outcome.OK, Outcome.CHANGE, Outcome.CHANGED})


@dataclass(frozen=True)
class Ready:
    """Says what may start on a host now, and what keeps its next job from starting.

    Args:
        jobs: the jobs of the host's next script; empty if nothing can start.
        full_lanes: the narrow lanes that have no room for a job that is next.
        lacking: the jobs that are next, but lack values of other hosts.
    """

    jobs: tuple[Job, ...]
    full_lanes: tuple[str, ...]
    lacking: tuple[Job, ...]


@dataclass(frozen=True)
class Blocked:
    """Names a job that will not run, and the job that is the cause."""

    job: Job
    because: Job


@dataclass
class _Tally:
    """Counts how far a stage is."""

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
    """Keeps the jobs of a run: waiting, started or ended.

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
        """Returns the outcome of each job that has ended."""
        return self._outcomes

    def unended(self, host: str | None = None) -> tuple[Job, ...]:
        """Returns the jobs of one host, or of all, that have not ended, in workflow order."""
        jobs = self._graph.wants if host is None else self._graph.by_host[host]
        return tuple(job for job in jobs if job not in self._outcomes)

    def stir(self, host: str) -> None:
        """Notes that something has changed for the host: it is idle, or a value that it waited for has arrived."""
        self._stirred.add(host)

    def take_stirred(self) -> list[str]:
        """Returns the hosts for which something has changed, in the inventory's order, and forgets them."""
        stirred, self._stirred = self._stirred, set()
        return sorted(stirred, key=self._position.__getitem__)

    def take_queued(self) -> str | None:
        """Takes the first host out of the queue of a lane that has room now, and returns it, or None."""
        for lane, queue in self._queues.items():
            if queue and self._room[lane] > 0:
                host = next(iter(queue))
                del queue[host]
                return host
        return None

    def ready(self, host: str, has_values: Callable[[Job], bool]) -> Ready:
        """Returns what may start on an idle host.

        The jobs are the host's first ready one, and those after it in workflow order that need only jobs of the
        same script. A job with inputs follows only a job with the same inputs, so that short-lived values are asked
        for as late as possible. For the same reason a job holds no place in a narrow lane before its turn. On the
        operator's side each job runs by itself.

        Args:
            has_values: returns whether the values of a ready job's inputs are there; called for no other job.
        """
        jobs: list[Job] = []
        full_lanes: list[str] = []
        lacking: list[Job] = []
        for job in self._graph.by_host[host]:
            if job in self._outcomes or job in self._started or not self._may_follow(job, jobs):
                continue
            if jobs:
                if self._joins(job, jobs):
                    jobs.append(job)
                continue
            wants = self._graph.wants[job]
            if wants.lane is not None and self._room[wants.lane] <= 0:
                full_lanes.append(wants.lane)
            elif wants.inputs and not has_values(job):
                lacking.append(job)
            else:
                jobs.append(job)
                if host == OPERATOR:
                    break
        return Ready(tuple(jobs), tuple(full_lanes), tuple(lacking))

    def start(self, jobs: Sequence[Job]) -> None:
        """Notes that these jobs of one host have started."""
        for job in jobs:
            self._started.add(job)
            lane = self._graph.wants[job].lane
            if lane is not None:
                self._room[lane] -= 1

    def queue(self, host: str, lane: str) -> None:
        """Puts the host at the end of the queue of a narrow lane."""
        self._queues[lane].setdefault(host)

    def put_back(self, job: Job) -> tuple[Blocked, ...]:
        """Notes that the job's script ended before its turn, so that it waits again.

        Returns:
            The jobs that are blocked. This one is among them if a job that it needs has failed meanwhile.
        """
        self._leave(job)
        return self._block([job])

    def end(self, job: Job, outcome: Outcome) -> tuple[Blocked, ...]:
        """Notes that the job has ended, or ended anew: a last look at the host found it undone.

        Returns:
            The jobs that this blocks, directly or not.
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
        """Yields the jobs that may wait for the end of this one."""
        tally = self._tallies[job.stage]
        telling = tally.left == 0 or tally.succeeded == 1 or self._outcomes[job] not in SUCCESS
        yield from (other for other in self._graph.by_host[job.host] if job in self._graph.wants[other].own)
        if telling:
            yield from self._waiting_for[job.stage]
