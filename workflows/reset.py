"""Hosts become plain machines again, and leave the cluster that goes on without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kube.live import LIVE
from nodewright.context import Context
from nodewright.errors import NodewrightError
from nodewright.preflight import Caution
from nodewright.workflow import Check, Operator, Stage, Workflow
from roles.reset import reset, software_removed
from workflows.hosts import every_host
from workflows.preflight import foreign_nodes
from workflows.smoke.kubectl import Kubectl


def reset_workflow(leaving: Sequence[str], *, packages: bool) -> Workflow:
    """The table of a reset.

    Args:
        leaving: names of the hosts that are reset.
        packages: remove our packages too.
    """
    return Workflow(
        name="reset",
        stages=(
            Stage(name="reset", on=every_host, roles=(reset, *([software_removed] if packages else []))),
            Stage(name="leave", on=None, checks=(_left(leaving),), settled=("reset",)),
        ),
        lanes={},
    )


def reset_preflight(contexts: Mapping[str, Context[Any]]) -> Sequence[NodewrightError | Caution]:
    """A node of another cluster is never reset."""
    return list(foreign_nodes(contexts))


def _left(leaving: Sequence[str]) -> Check:
    """Takes the nodes that were reset out of the cluster that goes on without them."""

    def check(operator: Operator) -> None:
        facts = operator.context(next(iter(operator.hosts))).facts
        ended = operator.ended("reset")
        gone = [name for name in leaving if ended.get(name) in {"ok", "changed"}]
        staying = [name for name in facts if name not in leaving and facts[name][LIVE].answers]
        if not staying:
            return
        kubectl = Kubectl(operator, staying[0])
        nodes = {node.name for node in facts[staying[0]][LIVE].nodes}
        for name in gone:
            if name in nodes:
                kubectl("delete", "node", name, "--ignore-not-found", "--wait=false")
                operator.progress(f"{name} is no node of the cluster any more")

    return check
