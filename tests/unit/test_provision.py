"""The table of provision, bound to hosts: what waits for what, also where everything is there already."""

from __future__ import annotations

import pytest

from nodewright.workflow.graph import OPERATOR, Job, build
from tests.unit.roles.villages import contexts, inventory
from workflows.provision import PROVISION

VILLAGE = inventory(
    control_planes={"cp1": {"address": "192.168.56.11"}, "cp2": {"address": "192.168.56.12"}},
    workers={"w1": {"address": "192.168.56.21"}},
)
HOSTS = tuple(next(iter(contexts(VILLAGE).values())).hosts.values())
#: What restarts a runtime, a kubelet or kube-proxy on one host or another, or starts pods there.
RESTARTS = ("prepare", "settings", "kubelet settings", "join", "join control plane", "pod network")


@pytest.mark.parametrize("members", [True, False])
@pytest.mark.parametrize("stage", RESTARTS)
def test_the_smoke_test_waits_for_all_jobs_that_restart_something(stage: str, members: bool) -> None:
    graph = build(
        PROVISION,
        HOSTS,
        limit=frozenset(host.name for host in HOSTS),
        independent=lambda one, host: members and one.independent is not None,
    )
    assert stage in graph.wants[Job("smoke", OPERATOR)].ended
