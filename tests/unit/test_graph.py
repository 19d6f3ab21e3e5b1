"""A workflow bound to hosts: which jobs there are and what each waits for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from nodewright.errors import ConfigurationError
from nodewright.workflow.context import Host
from nodewright.workflow.graph import OPERATOR, Graph, Job, build, check, contacts, limited
from nodewright.workflow.stages import Input, Operator, Workflow
from tests.unit.fleet import everyone, first, hosts, others, role, stage, workflow

MACHINES = hosts("cp1", "w1", "w2")
EVERYONE = frozenset({"cp1", "w1", "w2"})
TOKEN = Input(names=("token",), source=first, give=role("offer"))


def looks(operator: Operator) -> None:
    """A check that finds nothing wrong."""


def provision() -> Workflow:
    """The shape of the main workflow."""
    return workflow(
        stage("prepare"),
        stage("init", first, needs=("prepare",)),
        stage("join", others, needs=("prepare", "init"), inputs=(TOKEN,), lane="joins"),
        stage("pools", first, needs=("init",), after_any=("join",)),
        stage("smoke", None, tasks=(looks,), needs=("pools",), settled=("join",)),
        joins=4,
    )


def bound(limit: frozenset[str] = EVERYONE, machines: Sequence[Host[Any]] = MACHINES) -> Graph:
    """The main workflow bound to machines of which none is independent."""
    return build(provision(), machines, limit=limit, independent=lambda stage, host: False)


def test_a_need_on_the_same_host_means_its_own_job() -> None:
    join = bound().wants[Job("join", "w2")]
    assert join.own == (Job("prepare", "w2"),)


def test_a_need_on_another_host_means_all_jobs_of_that_stage() -> None:
    join = bound().wants[Job("join", "w2")]
    assert join.every == ("init",)


def test_the_operators_side_needs_all_jobs_of_a_stage() -> None:
    smoke = bound().wants[Job("smoke", OPERATOR)]
    assert (smoke.every, smoke.ended) == (("pools",), ("join",))


def test_jobs_stand_in_workflow_order_and_then_that_of_the_inventory() -> None:
    assert [str(job) for job in bound().wants] == [
        "prepare on cp1",
        "prepare on w1",
        "prepare on w2",
        "init on cp1",
        "join on w1",
        "join on w2",
        "pools on cp1",
        "smoke",
    ]


def test_an_independent_job_keeps_only_its_hosts_own_needs() -> None:
    graph = build(provision(), MACHINES, limit=EVERYONE, independent=lambda stage, host: stage.name == "join")
    join = graph.wants[Job("join", "w1")]
    assert join.own == (Job("prepare", "w1"),)
    assert (join.every, join.inputs, join.lane) == ((), (), None)


def test_a_limit_leaves_jobs_of_other_hosts_away() -> None:
    assert [str(job) for job in bound(frozenset({"w2"})).wants] == ["prepare on w2", "join on w2", "smoke"]


def test_a_limited_run_speaks_to_the_hosts_that_something_is_needed_from() -> None:
    assert contacts(provision(), MACHINES, frozenset({"w2"})) == {"cp1", "w2"}


def test_a_limited_run_speaks_to_no_host_that_nothing_is_needed_from() -> None:
    flow = workflow(stage("prepare"), stage("tune", everyone, needs=("prepare",)))
    assert contacts(flow, MACHINES, frozenset({"w1"})) == {"w1"}


def test_a_limit_with_an_unknown_host_suggests_a_known_one() -> None:
    with pytest.raises(ConfigurationError) as caught:
        limited(hosts("node1", "master"), ["nodee1"])
    assert "no such host" in caught.value.what
    assert "node1" in caught.value.advice


def test_a_limit_of_no_hosts_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="names no host"):
        limited(MACHINES, [])


@pytest.mark.parametrize(
    ("flow", "message"),
    [
        (
            workflow(stage("a", needs=("prepair",)), stage("prepare")),
            r"no such stage \(did you mean prepare\?\)",
        ),
        (
            workflow(stage("a", needs=("b",)), stage("b", needs=("a",))),
            "a needs b, which does not stand above it",
        ),
        (workflow(stage("a", needs=("a",))), "a needs a, which does not stand above it"),
        (workflow(stage("a"), stage("a")), "two stages are named a"),
        (workflow(stage("a", lane="joins")), "the lane joins, which has no width"),
        (workflow(stage("a", None)), "either hosts to run on or tasks"),
        (
            workflow(
                stage("a", inputs=(TOKEN,)),
                stage("b", inputs=(Input(names=("TOKEN",), source=others, give=role("other")),)),
            ),
            "two inputs would give NW_INPUT_TOKEN",
        ),
    ],
)
def test_a_wrong_table_is_refused_with_its_mistake(flow: Workflow, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        check(flow)


def test_all_mistakes_of_a_table_are_told_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        check(workflow(stage("a", needs=("x",)), stage("a", needs=("y",))))
    assert "a needs x" in caught.value.what
    assert "a needs y" in caught.value.what
    assert "two stages are named a" in caught.value.what


def test_a_right_table_is_accepted() -> None:
    check(provision())
