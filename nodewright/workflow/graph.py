"""The jobs of a run and what each of them needs: a workflow's table, bound to hosts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from nodewright.errors import ConfigurationError
from nodewright.workflow.context import Host
from nodewright.workflow.stages import Input, Stage, Workflow, variable

#: Stands in the place of a host's name for jobs on the operator's side.
OPERATOR = ""


@dataclass(frozen=True, order=True)
class Job:
    """A stage bound to one host; `host` is OPERATOR for a stage of tasks."""

    stage: str
    host: str

    def __str__(self) -> str:
        return f"{self.stage} on {self.host}" if self.host else self.stage


@dataclass(frozen=True, kw_only=True)
class Wants:
    """What a job waits for.

    Args:
        own: jobs of the same host that must have succeeded.
        every: stages of which all jobs must have succeeded.
        some: stages of which at least one job must have succeeded.
        ended: stages whose jobs must have ended, in whatever way.
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
    """All jobs of a run.

    Args:
        wants: what each job waits for, in workflow order and, inside a stage, inventory order.
        by_host: the jobs of each host in workflow order; those of the operator's side under OPERATOR.
        by_stage: the jobs of each stage in inventory order.
    """

    wants: Mapping[Job, Wants]
    by_host: Mapping[str, tuple[Job, ...]]
    by_stage: Mapping[str, tuple[Job, ...]]


def check(workflow: Workflow) -> None:
    """Looks through a workflow's table for what its programmer got wrong.

    Raises:
        ConfigurationError: the same name twice, a need of an unknown stage or of one that does not stand
            above, an unknown lane, both or neither of `on` and `tasks`, or two inputs that would share a
            shell variable.
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
        ConfigurationError: `limit` names a host that is not there, or none at all.
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
    """Returns the hosts that a run speaks to: those it may change, and those that they need something from."""
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
    """Binds the stages of a checked workflow to hosts.

    Args:
        hosts: of the whole inventory, in its order.
        limit: the hosts that may be changed; there are no jobs for others, and nothing waits for them.
        independent: whether a job waits for no other host; asked once per job.
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
