"""Shows each host, the node that it is, and the cluster, and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from kube.facts.cluster import LIVE, LiveCluster
from kube.facts.membership import MEMBERSHIP, Standing
from nodewright.facts import OPERATING_SYSTEM
from nodewright.facts.fragment import Facts
from nodewright.workflow.stages import Operator, Stage, Task, Workflow


def status_workflow(found: dict[str, Facts]) -> Workflow:
    """Returns the workflow that looks once, and fills `found` with the facts of the hosts that answered."""

    def look(operator: Operator) -> None:
        found.update(operator.context(next(iter(operator.hosts))).facts)

    check: Task = look
    return Workflow(name="status", stages=(Stage(name="look", on=None, tasks=(check,)),), lanes={})


def status_table(hosts: Mapping[str, Any], found: Mapping[str, Facts]) -> Table:
    """Returns a table of the hosts in the inventory's order, and of nodes that are not in the inventory."""
    live = next((facts[LIVE] for facts in found.values() if facts[LIVE].answers), LiveCluster())
    nodes = {node.name: node for node in live.nodes}
    table = Table(
        "host", "address", "system", "cluster", "node", "kubelet", "runtime", box=None, pad_edge=False
    )
    for name, host in hosts.items():
        facts = found.get(name)
        node = nodes.pop(name, None)
        table.add_row(
            name,
            host.address,
            facts[OPERATING_SYSTEM].name if facts else "does not answer",
            _cluster(facts, host.settings.cluster.name) if facts else "",
            ("Ready" if node.ready else "not Ready") if node else "none",
            str(node.kubelet or "") if node else "",
            node.runtime if node else "",
        )
    for node in nodes.values():
        table.add_row(
            node.name, node.address, "not in the inventory", "", "Ready" if node.ready else "not Ready"
        )
    return table


def _cluster(facts: Facts, cluster: str) -> str:
    membership = facts[MEMBERSHIP]
    return {
        Standing.BARE: "none",
        Standing.BEGUN: f"{cluster}, half done",
        Standing.MEMBER: cluster,
        Standing.FOREIGN: f"foreign: {membership.cluster or 'not made by nodewright'}",
    }[membership.standing(cluster)]
