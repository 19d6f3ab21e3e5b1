"""Keeps the book of values that hosts give each other: who waits, what was given, what to revoke. No I/O.

Questions (`has_all`, `requests`, `unneeded`, `values`) change nothing. All other methods change the book.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nodewright.secret import Secret
from nodewright.workflow.context import Host
from nodewright.workflow.graph import Graph, Job
from nodewright.workflow.stages import Input


@dataclass(frozen=True, eq=False)
class Given:
    """Holds the values that a host gave at one time. It equals only itself.

    Args:
        entry: the input that the values are for.
        source: the host that gave it.
        values: by output name.
        at: when, in seconds of the book's clock.
    """

    entry: Input
    source: str
    values: Mapping[str, Secret]
    at: float


@dataclass(frozen=True)
class Request:
    """Names an input to ask a host for now.

    Args:
        source: the host to ask; None if no host is left that can give it.
        consumers: the jobs that wait for it.
        candidates: all hosts that the input names as sources.
    """

    entry: Input
    source: str | None
    consumers: tuple[Job, ...]
    candidates: tuple[str, ...]


class Values:
    """Keeps the book.

    Args:
        graph: its jobs are the consumers.
        hosts: the hosts of the inventory; an input's source is one of them.
        lost: returns whether a host cannot be asked any more.
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
        self._given: dict[Input, list[Given]] = {}
        self._partly_given: list[Given] = []

    def has_all(self, job: Job) -> bool:
        """Returns whether the book holds all values that a job needs, still good."""
        return not self._missing(job)

    def want(self, job: Job) -> None:
        """Notes that a ready job waits for its missing values."""
        for entry in self._missing(job):
            self._waiting.setdefault(entry, {})[job] = None

    def requests(self) -> tuple[Request, ...]:
        """Returns the requests to make now: one for all jobs that wait for the same input."""
        return tuple(
            self._request(entry) for entry, jobs in self._waiting.items() if self._is_due(entry, jobs)
        )

    def ask(self, entry: Input) -> None:
        """Notes that a host is being asked for this input."""
        self._asked.add(entry)

    def take(self, entry: Input, source: str, values: Mapping[str, Secret]) -> tuple[str, ...]:
        """Notes what a host gave, and returns the hosts whose jobs waited for it."""
        self._given.setdefault(entry, []).append(Given(entry, source, values, self._clock()))
        return self._answered(entry)

    def refuse(self, entry: Input, source: str, values: Mapping[str, Secret]) -> tuple[str, ...]:
        """Notes that a host gave only these values, or none, and returns the hosts whose jobs still wait."""
        self._failed.setdefault(entry, []).append(source)
        if values:
            self._partly_given.append(Given(entry, source, values, self._clock()))
        return self._answered(entry)

    def values(self, job: Job) -> dict[str, Secret]:
        """Returns the values for a job, by output name."""
        found: dict[str, Secret] = {}
        for entry in self._graph.wants[job].inputs:
            given = self._given.get(entry)
            if given:
                found |= given[-1].values
        return found

    def end(self, job: Job) -> None:
        """Notes that the job needs nothing any more."""
        for entry in self._graph.wants[job].inputs:
            self._consumers[entry].discard(job)
            self._waiting.get(entry, {}).pop(job, None)

    def unneeded(self) -> tuple[Given, ...]:
        """Returns the values to revoke, since no job needs them any more."""
        entries = [e for e in self._given if not self._consumers[e] and e not in self._asked]
        return (*self._partly_given, *(given for entry in entries for given in self._given[entry]))

    def strike(self, given: Given) -> None:
        """Removes from the book values that are being revoked."""
        if given in self._partly_given:
            self._partly_given.remove(given)
            return
        self._given[given.entry].remove(given)
        if not self._given[given.entry]:
            del self._given[given.entry]

    def good(self) -> tuple[Given, ...]:
        """Returns all values that are still in the book."""
        return tuple(given for several in self._given.values() for given in several)

    def _missing(self, job: Job) -> list[Input]:
        return [entry for entry in self._graph.wants[job].inputs if self._latest(entry) is None]

    def _latest(self, entry: Input) -> Given | None:
        given = self._given.get(entry)
        return given[-1] if given and self._clock() - given[-1].at < entry.lasts else None

    def _is_due(self, entry: Input, jobs: Mapping[Job, None]) -> bool:
        return bool(jobs) and entry not in self._asked

    def _request(self, entry: Input) -> Request:
        tried = self._failed.get(entry, ())
        sources = [host.name for host in entry.source(self._hosts)]
        source = next((name for name in sources if name not in tried and not self._lost(name)), None)
        return Request(entry, source, tuple(self._waiting[entry]), tuple(sources))

    def _answered(self, entry: Input) -> tuple[str, ...]:
        self._asked.discard(entry)
        return tuple(job.host for job in self._waiting.pop(entry, {}))
