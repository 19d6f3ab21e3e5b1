"""Makes hosts plain machines again, and takes them out of the cluster that goes on without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nodewright.errors import NodewrightError, NotProven, Problem
from nodewright.workflow.context import Context
from nodewright.workflow.stages import Operator, Stage, Task, Workflow
from roles.node.reset import reset
from roles.software.removal import software_removed
from workflows.hosts import every_host
from workflows.kubectl import Kubectl, first_answer
from workflows.preflight import foreign_nodes


def reset_workflow(leaving: Sequence[str], *, packages: bool) -> Workflow:
    """Returns the workflow of a reset.

    Args:
        leaving: names of the hosts that are reset.
        packages: remove our packages too.
    """
    return Workflow(
        name="reset",
        stages=(
            Stage(name="reset", on=every_host, roles=(reset, *([software_removed] if packages else []))),
            Stage(name="leave", on=None, tasks=(_left(leaving),), settled=("reset",)),
        ),
        lanes={},
    )


def reset_preflight(contexts: Mapping[str, Context[Any]]) -> Sequence[NodewrightError | Problem]:
    """Returns an error for each host of another cluster, since such a host is never reset."""
    return list(foreign_nodes(contexts))


def _left(leaving: Sequence[str]) -> Task:
    """Returns the task that takes the nodes that were reset out of the cluster that goes on without them.

    The task raises NotProven for hosts whose reset did not finish. They may still run, so their nodes stay.
    """

    def check(operator: Operator) -> None:
        ended = operator.ended("reset")
        gone = [name for name in leaving if ended.get(name) in {"ok", "changed"}]
        kept = [name for name in leaving if name not in gone]
        staying = [
            host.name
            for host in operator.hosts.values()
            if host.settings.control_plane and host.name not in leaving
        ]
        if gone and staying:
            _delete(operator, gone, staying)
        if kept:
            raise NotProven(
                f"not reset, so left as they are in the cluster: {', '.join(kept)}",
                advice="reset them once they answer; of a machine that is gone for good: "
                f"kubectl delete node {' '.join(kept)}",
            )

    return check


def _delete(operator: Operator, gone: Sequence[str], staying: Sequence[str]) -> None:
    first_answer(
        staying,
        lambda name: Kubectl(operator, name)("delete", "node", *gone, "--ignore-not-found", "--wait=false"),
        what=f"the cluster still lists {', '.join(gone)}: no control plane's API answers",
        advice=f"when it answers again: kubectl delete node {' '.join(gone)}",
    )
    operator.progress(f"no nodes of the cluster any more: {', '.join(gone)}")
