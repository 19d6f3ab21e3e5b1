"""What a reset says of the nodes that it leaves in the cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from nodewright.errors import Unreachable
from nodewright.reports.summary import Result
from tests.unit.fleet import Fleet, Runs, outcomes, stage, workflow
from tests.unit.roles.villages import contexts, inventory
from workflows.reset import reset_workflow

HOSTS = tuple(next(iter(contexts(inventory()).values())).hosts.values())


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    """Runs with their folders in a temporary one."""
    return Runs(tmp_path / "runs")


def reset(runs: Runs, *leaving: str, dead: str = "") -> Result:
    """A reset of these hosts by a role of one step; one of them does not answer."""
    leave = reset_workflow(leaving, packages=False).stages[-1]
    refused = {dead: Unreachable("no route to the host", host=dead)} if dead else {}
    return runs(workflow(stage("reset"), leave), HOSTS, Fleet(refused=refused), limit=leaving)


def test_a_node_that_was_reset_leaves_the_cluster(runs: Runs) -> None:
    assert outcomes(reset(runs, "node2")) == {"reset on node2": "ok", "leave on operator": "ok"}


def test_a_dead_node_that_could_not_be_reset_has_not_left(runs: Runs) -> None:
    result = reset(runs, "node2", dead="node2")
    assert outcomes(result) == {"reset on node2": "lost", "leave on operator": "not proven"}
    assert result.exit_code == 5
    assert "kubectl delete node node2" in result.problems[-1].advice


def test_of_several_the_ones_that_were_not_reset_are_told(runs: Runs) -> None:
    result = reset(runs, "node1", "node2", dead="node2")
    assert outcomes(result)["leave on operator"] == "not proven"
    assert [problem.what for problem in result.problems if problem.host != "node2"] == [
        "not reset, so left as they are in the cluster: node2"
    ]
