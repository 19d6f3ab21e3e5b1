"""Binds a workflow's table to hosts: the jobs of a run, and what each of them needs. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from nodewright.errors import ConfigurationError
from nodewright.workflow.context import Host
from nodewright.workflow.stages import Input, Stage, Workflow, variable

#: Jobs on the operator's side have this in place of a host's name.
OPERATOR = ""


@dataclass(frozen=True, order=True)
class Job:
    """Names a stage bound to one host; `host` is OPERATOR for a stage of tasks."""

    stage: str
    host: str

    def __str__(self) -> str:
        return f"{self.stage} on {self.host}" if self.host else self.stage


@dataclass(frozen=True, kw_only=True)
class Wants:
    """Says what a job waits for.

    Args:
        own: jobs of the same host that must have succeeded.
        every: stages in which all jobs must have succeeded.
        some: stages in which at least one job must have succeeded.
        ended: stages whose jobs must have ended, with any outcome.
        inputs: values of other hosts.
        lane: the narrow lane it runs in.
    """

    own: tuple[Job, ...] = ()
    every: tuple[str, ...] = ()
    some: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    lane: str | None = None


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Holds all jobs of a run.

    Args:
        wants: what each job waits for, in workflow order and, inside a stage, inventory order.
        by_host: the jobs of each host in workflow order; jobs on the operator's side stand under OPERATOR.
        by_stage: the jobs of each stage in inventory order.
    """

    wants: Mapping[Job, Wants]
    by_host: Mapping[str, tuple[Job, ...]]
    by_stage: Mapping[str, tuple[Job, ...]]


def check(workflow: Workflow) -> None:
    """Checks a workflow's table for mistakes of its programmer.

    Raises:
        ConfigurationError: a name stands twice, a stage needs an unknown or later one, a lane is unknown, a stage
            has both or neither of `on` and `tasks`, or two inputs would share a shell variable.
    """
    mistakes = list(_mistakes(workflow))
    if mistakes:
        raise ConfigurationError(
            f"the workflow {workflow.name} is wrong: " + "; ".join(mistakes),
            advice="correct its table of stages",
        )


def limited(hosts: Sequence[Host[Any]], limit: Collection[str] | None) -> frozenset[str]:
    """Returns the names of the hosts that a run may change: those of `limit`, or all.

    Raises:
        ConfigurationError: `limit` names an unknown host, or no host.
    """
    names = [host.name for host in hosts]
    if limit is None:
        return frozenset(names)
    for name in limit:
        if name not in names:
            near = get_close_matches(name, names, n=1)
            raise ConfigurationError(
                f"--limit names {name}, and the inventory has no such host",
                advice=f"did you mean {near[0]}?" if near else "take names of its hosts",
            )
    if not limit:
        raise ConfigurationError("--limit names no host", advice="name at least one, or leave it away")
    return frozenset(limit)


def contacts(workflow: Workflow, hosts: Sequence[Host[Any]], limit: frozenset[str]) -> frozenset[str]:
    """Returns the hosts that a run contacts: those it may change, and those whose values they need."""
    needed = set(limit)
    selected = {stage.name: _selected(stage, hosts) for stage in workflow.stages}
    for stage in workflow.stages:
        named = limit.intersection(selected[stage.name])
        if stage.on is not None and not named:
            continue
        for name in stage.needs:
            if stage.on is None or not named.issubset(selected[name]):
                needed.update(selected[name])
        for entry in stage.inputs:
            needed.update(host.name for host in entry.source(hosts))
    return frozenset(needed)


def build(
    workflow: Workflow,
    hosts: Sequence[Host[Any]],
    *,
    limit: frozenset[str],
    independent: Callable[[Stage, Host[Any]], bool],
) -> Graph:
    """Returns the graph of a checked workflow on these hosts.

    Args:
        hosts: all hosts of the inventory, in its order.
        limit: the hosts that may be changed; other hosts get no jobs, and nothing waits for them.
        independent: returns whether a job waits for no other host; called once per job.
    """
    by_stage: dict[str, tuple[Job, ...]] = {}
    wants: dict[Job, Wants] = {}
    by_name = {host.name: host for host in hosts}
    for stage in workflow.stages:
        names = (OPERATOR,) if stage.on is None else tuple(n for n in _selected(stage, hosts) if n in limit)
        by_stage[stage.name] = tuple(Job(stage.name, name) for name in names)
        for job in by_stage[stage.name]:
            own = [Job(need, job.host) for need in stage.needs if Job(need, job.host) in wants]
            if job.host != OPERATOR and independent(stage, by_name[job.host]):
                wants[job] = Wants(own=tuple(own))
                continue
            wants[job] = Wants(
                own=tuple(own),
                every=tuple(need for need in stage.needs if Job(need, job.host) not in wants),
                some=stage.after_any,
                ended=stage.settled,
                inputs=stage.inputs,
                lane=stage.lane,
            )
    by_host: dict[str, list[Job]] = {name: [] for name in (*by_name, OPERATOR)}
    for job in wants:
        by_host[job.host].append(job)
    return Graph(wants=wants, by_host={name: tuple(by_host[name]) for name in by_host}, by_stage=by_stage)


def _selected(stage: Stage, hosts: Sequence[Host[Any]]) -> tuple[str, ...]:
    return () if stage.on is None else tuple(host.name for host in stage.on(hosts))


def _mistakes(workflow: Workflow) -> Iterator[str]:
    names = {stage.name for stage in workflow.stages}
    above: set[str] = set()
    owners: dict[str, Input] = {}
    for stage in workflow.stages:
        if stage.name in above:
            yield f"two stages are named {stage.name}"
        for need in (*stage.needs, *stage.after_any, *stage.settled):
            if need not in names:
                near = get_close_matches(need, names, n=1)
                hint = f" (did you mean {near[0]}?)" if near else ""
                yield f"{stage.name} needs {need}, and there is no such stage{hint}"
            elif need not in above:
                yield f"{stage.name} needs {need}, which does not stand above it (or they need each other)"
        if (stage.on is None) == (not stage.tasks):
            yield f"{stage.name} must have either hosts to run on or tasks"
        if stage.lane is not None and stage.lane not in workflow.lanes:
            yield f"{stage.name} runs in the lane {stage.lane}, which has no width"
        for entry in stage.inputs:
            for name in entry.names:
                if owners.setdefault(variable(name), entry) != entry:
                    yield f"two inputs would give {variable(name)}"
        above.add(stage.name)
