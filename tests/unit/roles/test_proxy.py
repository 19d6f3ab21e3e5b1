"""What is reached without the proxy."""

from __future__ import annotations

from roles.parts.proxy import without_proxy
from tests.unit.roles.villages import context, inventory


def test_the_domain_of_the_cluster_is_reached_directly_whatever_it_is_called() -> None:
    other = {"cluster_configuration": {"networking": {"dnsDomain": "k8s.example"}}}

    assert ".cluster.local" in without_proxy(context())
    assert ".k8s.example" in without_proxy(context(inventory(other)))
    assert ".cluster.local" not in without_proxy(context(inventory(other)))
