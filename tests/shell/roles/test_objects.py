"""What is in the cluster: manifests applied when, and only when, one of their objects is not as it should be."""

from __future__ import annotations

from typing import Any

import pytest

from kube.settings.node import NodeSettings
from nodewright.script.compile import Mode
from nodewright.script.records import Outcome
from nodewright.workflow.context import Context
from roles.addons.flannel import flannel, pod_network
from roles.addons.metallb import metallb_pools
from roles.node.node_marks import node_marks
from tests.shell.resources.host import Host
from tests.shell.roles.applied import converges, run
from tests.unit.roles.villages import context, inventory

POOL = {"metallb": {"addresses": ["192.168.56.240-192.168.56.250"]}}
MANIFEST = "/etc/nodewright/manifests/flannel.yaml"


def cluster(**settings: Any) -> Context[NodeSettings]:
    """The first control plane of a cluster with these settings."""
    return context(inventory(settings))


def applies(host: Host) -> list[str]:
    """Each time that something was applied."""
    return [line for line in host.log() if " apply --filename " in line]


def test_objects_are_applied_once_from_a_file_that_root_alone_reads(host: Host) -> None:
    converges(host, flannel, cluster())

    assert len(applies(host)) == 1
    assert oct(host.at(MANIFEST).stat().st_mode) == "0o100600"


@pytest.mark.parametrize("digests", ["", "other\nother\n"])
def test_one_object_that_is_gone_or_another_is_enough_to_apply_again(host: Host, digests: str) -> None:
    converges(host, flannel, cluster())
    host.put("/state/digests", host.read("/state/digests").partition("\n")[2] + digests)

    assert converges(host, flannel, cluster()) == ["flannel applied"]


def test_another_setting_of_the_pod_network_is_applied(host: Host) -> None:
    converges(host, flannel, cluster())

    assert converges(host, flannel, cluster(flannel={"backend": "host-gw"})) == [
        "manifest of flannel",
        "flannel applied",
    ]


def test_before_1_18_objects_are_applied_by_the_client(host: Host) -> None:
    converges(host, flannel, cluster(kubernetes="1.17.17"))
    converges(host, flannel, cluster(kubernetes="1.18.20", flannel={"backend": "host-gw"}))

    assert ["--server-side" in line for line in applies(host)] == [False, True]


def test_a_pool_that_the_webhook_refuses_is_tried_again(host: Host) -> None:
    host.put("/state/refusals", "3\n")
    pool = [step for step in metallb_pools(cluster(**POOL)) if step.name == "metallb-pool applied"]
    for step in metallb_pools(cluster(**POOL)):
        if step.name.startswith("manifest"):
            host.apply(step)

    host.converges(pool[0])

    assert len(applies(host)) == 4


def test_what_starts_pods_waits_until_flannel_has_its_subnet(host: Host) -> None:
    assert run(host, pod_network, cluster(), Mode.PLAN) == {"flannel runs here": Outcome.CHANGE}

    host.put("/run/flannel/subnet.env", "FLANNEL_NETWORK=10.244.0.0/16\n")

    assert converges(host, pod_network, cluster()) == []


@pytest.mark.parametrize(
    ("found", "holds"),
    [
        ("dedicated=db:NoSchedule\nspot=:NoExecute\n", True),
        ("spot=:NoExecute\ndedicated=db:NoSchedule\nnode.kubernetes.io/not-ready=:NoSchedule\n", True),
        ("dedicated=db:NoSchedule\n", False),
        ("dedicated=db:NoSchedule\nspot=:NoExecute\nmine=:NoSchedule\n", False),
    ],
)
def test_taints_are_the_inventorys_and_those_of_a_node_in_trouble(
    host: Host, found: str, holds: bool
) -> None:
    host.put("/state/taints", found)
    host.put("/state/wanted-taints", "dedicated=db:NoSchedule\nspot=:NoExecute\n")
    tainted = {"address": "192.168.56.12", "taints": ["dedicated=db:NoSchedule", "spot:NoExecute"]}

    changed = converges(host, node_marks, context(inventory(workers={"node2": tainted})))

    assert changed == ([] if holds else ["taints of node2"])
