"""A host that joined as something else than the inventory says is refused before anything changes."""

from __future__ import annotations

from pathlib import Path

from kube.facts.membership import MEMBERSHIP, Membership
from tests.unit.preflight.hosts import advice, found

KUBELET = ("/etc/kubernetes/kubelet.conf",)


def member(node: str, role: str = "worker", ca: str = "sha256:1") -> Membership:
    return Membership("village", ca, KUBELET, node, role)


def test_members_that_are_what_the_inventory_says_are_let_through(tmp_path: Path) -> None:
    control_plane, worker = member("node1", "control-plane"), member("node2")
    assert found(tmp_path, node1={MEMBERSHIP: control_plane}, node2={MEMBERSHIP: worker}) == []


def test_a_node_that_the_inventory_calls_otherwise_is_refused(tmp_path: Path) -> None:
    control_plane = member("node1", "control-plane")
    assert found(tmp_path, node1={MEMBERSHIP: control_plane}, node2={MEMBERSHIP: member("node3")}) == [
        "node2: this host is the node node3 of the cluster, and Kubernetes cannot rename a node (inventory.yaml:9:3)"
    ]


def test_a_worker_that_became_a_control_plane_in_the_inventory_is_refused(tmp_path: Path) -> None:
    assert found(tmp_path, node1={MEMBERSHIP: member("node1", "worker")}) == [
        "node1: this host is a worker of the cluster, and kubeadm cannot change that (inventory.yaml:6:3)"
    ]


def test_a_worker_of_an_earlier_cluster_of_the_same_name_is_refused(tmp_path: Path) -> None:
    control_plane, worker = member("node1", "control-plane", "sha256:2"), member("node2", ca="sha256:1")
    assert found(tmp_path, node1={MEMBERSHIP: control_plane}, node2={MEMBERSHIP: worker}) == [
        "node2: this host is a node of an earlier cluster of this name: its CA is not that of the control plane"
        " (inventory.yaml:9:3)"
    ]
    assert advice(tmp_path, node1={MEMBERSHIP: control_plane}, node2={MEMBERSHIP: worker}) == (
        "to take it into the cluster of now: reset --limit node2, then provision"
    )


def test_a_worker_whose_control_planes_are_gone_is_refused(tmp_path: Path) -> None:
    assert found(tmp_path, node1={MEMBERSHIP: Membership()}, node2={MEMBERSHIP: member("node2")}) == [
        "node2: this host is a node of a cluster of this name whose control planes are gone (inventory.yaml:9:3)"
    ]
