"""Marks of nodes that MetalLB and the scheduler go by."""

from __future__ import annotations

from roles.node.node_marks import node_marks
from tests.unit.roles.villages import context, inventory, steps_of

ALLOWED = "load balancers may use the only node"


def test_the_only_node_of_a_cluster_is_open_to_load_balancers() -> None:
    step = steps_of(node_marks, context(inventory(workers={})))[ALLOWED]
    assert step.apply.endswith("label node node1 node.kubernetes.io/exclude-from-external-load-balancers-")


def test_beside_workers_a_control_plane_stays_closed_to_them() -> None:
    assert ALLOWED not in steps_of(node_marks, context())


def test_before_1_21_no_node_was_closed() -> None:
    alone = inventory({"kubernetes": "1.20.15"}, workers={})
    assert steps_of(node_marks, context(alone)) == {}


def test_labels_and_taints_of_any_text_reach_kubectl_as_they_are() -> None:
    marked = {"address": "192.168.56.12", "labels": {"example.org/disk": "ssd"}, "taints": ["a=b:NoSchedule"]}
    steps = steps_of(node_marks, context(inventory(workers={"node2": marked})))
    assert steps["labels of node2"].apply.endswith(" node2 example.org/disk=ssd")
    assert (
        """{"spec": {"taints": [{"key": "a", "value": "b", "effect": "NoSchedule"}]}}"""
        in steps["taints of node2"].apply
    )
