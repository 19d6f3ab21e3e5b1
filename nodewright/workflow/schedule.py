"""Says which job may start now and which one never will: the state of a graph while it runs. No I/O.

Questions change nothing (`ready`, `outcomes`, `unended`); what changes the state is an order (`start`, `end`).
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
    """Says what may start on a host now, and what its other jobs still wait for.

    Args:
        jobs: the jobs of the host's next script; none where nothing can start.
        full_lanes: the narrow lanes that have no room for a job whose turn it is.
        lacking: the jobs whose turn it is and that lack the values of other hosts.
    """

    jobs: tuple[Job, ...]
    full_lanes: tuple[str, ...]
    lacking: tuple[Job, ...]


@dataclass(frozen=True)
class Blocked:
    """Names a job that will not run, and the one because of which."""

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
        """Returns what became of each job that has ended."""
        return self._outcomes

    def unended(self, host: str | None = None) -> tuple[Job, ...]:
        """Returns the jobs of one host, or of all, that have not ended, in workflow order."""
        jobs = self._graph.wants if host is None else self._graph.by_host[host]
        return tuple(job for job in jobs if job not in self._outcomes)

    def stir(self, host: str) -> None:
        """Notes that the host is to be looked at: it is idle now, or a value that it waited for is there."""
        self._stirred.add(host)

    def take_stirred(self) -> list[str]:
        """Takes out the hosts for which something has changed, in the inventory's order."""
        stirred, self._stirred = self._stirred, set()
        return sorted(stirred, key=self._position.__getitem__)

    def take_queued(self) -> str | None:
        """Takes out the first host that waits for a narrow lane which has room now; None when there is none."""
        for lane, queue in self._queues.items():
            if queue and self._room[lane] > 0:
                host = next(iter(queue))
                del queue[host]
                return host
        return None

    def ready(self, host: str, has_values: Callable[[Job], bool]) -> Ready:
        """Returns what may start on an idle host.

        The jobs are the host's first ready one and those after it, in workflow order, that need nothing more
        than jobs of the same script. A job with inputs follows only one that has the same, so that what is
        short-lived is asked for as late as can be. Likewise a job holds no place in a narrow lane before its
        turn. On the operator's side each job is by itself.

        Args:
            has_values: whether the values of a ready job's inputs are there; asked of no other job.
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
        """Puts the host into the queue of a narrow lane, behind those that wait already."""
        self._queues[lane].setdefault(host)

    def put_back(self, job: Job) -> tuple[Blocked, ...]:
        """Returns the script that held the job ended before its turn; it waits again.

        Returns:
            The jobs that are blocked, this one among them if what it needs has failed meanwhile.
        """
        self._leave(job)
        return self._block([job])

    def end(self, job: Job, outcome: Outcome) -> tuple[Blocked, ...]:
        """Returns the job has ended (once more, where a last look at the host found it undone after all).

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
        """Yields the jobs for which this one's end may be the news they wait for."""
        tally = self._tallies[job.stage]
        telling = tally.left == 0 or tally.succeeded == 1 or self._outcomes[job] not in SUCCESS
        yield from (other for other in self._graph.by_host[job.host] if job in self._graph.wants[other].own)
        if telling:
            yield from self._waiting_for[job.stage]
