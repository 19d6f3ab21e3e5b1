"""What the smoke test deploys."""

from __future__ import annotations

from typing import Any

import yaml

from roles.parts.templates import render
from tests.golden import assert_golden


def manifest(**values: Any) -> str:
    given = {
        "namespace": "nodewright-smoke-abc123",
        "nodes": ["node1", "node2"],
        "replicas": 2,
        "image": "10.77.0.1:5000/library/nginx:1.22",
        "load_balancer": True,
    }
    return render("smoke.yaml.j2", **(given | values))


def test_nginx_on_the_nodes_that_are_there_behind_a_node_port_and_a_load_balancer() -> None:
    assert_golden("smoke.yaml", manifest())


def test_without_a_load_balancer_there_is_a_node_port_alone() -> None:
    kinds = [one["kind"] for one in yaml.safe_load_all(manifest(load_balancer=False))]
    assert kinds == ["Namespace", "Deployment", "Service"]
