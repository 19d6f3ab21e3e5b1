"""The book of values that hosts give each other: who waits, what was given, what is to be revoked. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nodewright.secret import Secret
from nodewright.workflow.context import Host
from nodewright.workflow.graph import Graph, Job
from nodewright.workflow.stages import Input


@dataclass(frozen=True, eq=False)
class Grant:
    """What one offer gave; each is equal to itself alone.

    Args:
        entry: the input it was offered for.
        source: the host that gave it.
        values: by output name.
        at: when, in seconds of the book's clock.
    """

    entry: Input
    source: str
    values: Mapping[str, Secret]
    at: float


@dataclass(frozen=True)
class Asking:
    """An offer to be made now, or where no host is left that could make it, `source` None.

    Args:
        consumers: the jobs that wait for it.
        candidates: all hosts that the input names as sources.
    """

    entry: Input
    source: str | None
    consumers: tuple[Job, ...]
    candidates: tuple[str, ...]


class Grants:
    """The book.

    Args:
        graph: whose jobs are the consumers.
        hosts: of the inventory; an input's source is chosen from them.
        lost: whether a host cannot be asked any more.
        clock: seconds, going up only.
    """

    def __init__(
        self,
        graph: Graph,
        hosts: Sequence[Host[Any]],
        *,
        lost: Callable[[str], bool],
        clock: Callable[[], float],
    ) -> None:
        self._graph = graph
        self._hosts = hosts
        self._lost = lost
        self._clock = clock
        self._consumers: dict[Input, set[Job]] = {}
        for job, wants in graph.wants.items():
            for entry in wants.inputs:
                self._consumers.setdefault(entry, set()).add(job)
        self._waiting: dict[Input, dict[Job, None]] = {}
        self._asked: set[Input] = set()
        self._failed: dict[Input, list[str]] = {}
        self._grants: dict[Input, list[Grant]] = {}
        self._partial: list[Grant] = []

    def given(self, job: Job) -> bool:
        """Whether all inputs of a ready job are there; those that are not will be asked for."""
        missing = [entry for entry in self._graph.wants[job].inputs if self._latest(entry) is None]
        for entry in missing:
            self._waiting.setdefault(entry, {})[job] = None
        return not missing

    def asking(self) -> tuple[Asking, ...]:
        """The offers to be made now: one for all jobs that wait for the same input."""
        due = [entry for entry, jobs in self._waiting.items() if jobs and entry not in self._asked]
        self._asked.update(due)
        return tuple(self._ask(entry) for entry in due)

    def offered(self, entry: Input, source: str, values: Mapping[str, Secret]) -> tuple[str, ...]:
        """The values are there; returns the hosts whose jobs waited for them."""
        self._grants.setdefault(entry, []).append(Grant(entry, source, values, self._clock()))
        return self._answered(entry)

    def refused(self, entry: Input, source: str, given: Mapping[str, Secret]) -> tuple[str, ...]:
        """The host gave only some of it, or nothing; returns the hosts whose jobs still wait."""
        self._failed.setdefault(entry, []).append(source)
        if given:
            self._partial.append(Grant(entry, source, given, self._clock()))
        return self._answered(entry)

    def values(self, job: Job) -> dict[str, Secret]:
        """What was given to a job, by output name."""
        found: dict[str, Secret] = {}
        for entry in self._graph.wants[job].inputs:
            grants = self._grants.get(entry)
            if grants:
                found |= grants[-1].values
        return found

    def ended(self, job: Job) -> None:
        """The job needs nothing any more."""
        for entry in self._graph.wants[job].inputs:
            self._consumers[entry].discard(job)
            self._waiting.get(entry, {}).pop(job, None)

    def unneeded(self) -> tuple[Grant, ...]:
        """Takes out the grants that no job needs any more: they are to be revoked."""
        entries = [e for e in self._grants if not self._consumers[e] and e not in self._asked]
        partial, self._partial = self._partial, []
        return (*partial, *(grant for entry in entries for grant in self._grants.pop(entry)))

    def good(self) -> tuple[Grant, ...]:
        """The grants that are still in the book."""
        return tuple(grant for grants in self._grants.values() for grant in grants)

    def _latest(self, entry: Input) -> Grant | None:
        grants = self._grants.get(entry)
        return grants[-1] if grants and self._clock() - grants[-1].at < entry.lasts else None

    def _ask(self, entry: Input) -> Asking:
        tried = tuple(self._failed.get(entry, ()))
        sources = [host.name for host in entry.source(self._hosts)]
        source = next((name for name in sources if name not in tried and not self._lost(name)), None)
        return Asking(entry, source, tuple(self._waiting[entry]), tuple(sources))

    def _answered(self, entry: Input) -> tuple[str, ...]:
        self._asked.discard(entry)
        return tuple(job.host for job in self._waiting.pop(entry, {}))
