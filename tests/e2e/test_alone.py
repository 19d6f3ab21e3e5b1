"""A cluster of one machine, by sudo and with containerd: it carries everything, load balancers too."""

from __future__ import annotations

import pytest

from tests.e2e.cluster import page
from tests.e2e.machines import Machines, only
from tests.e2e.terminal import Ended, Terminal

WEB = """
kubectl create deployment web --image nginx:1.22 --port 80
kubectl expose deployment web --type LoadBalancer --port 80
kubectl rollout status deployment/web --timeout 120s
kubectl wait --for jsonpath='{.status.loadBalancer.ingress[0].ip}' service/web --timeout 60s
"""


@pytest.fixture(scope="module")
def machines(all_machines: Machines) -> Machines:
    all_machines.bare()
    all_machines.touched()
    return all_machines


@pytest.fixture(scope="module")
def inventory(machines: Machines, operator: Terminal) -> str:
    document = machines.document()
    document["cluster"]["runtime"] = "containerd"
    document["ssh"]["user"] = "cloud-user"
    return operator.inventory(only(document, "node1"), "alone.yaml")


@pytest.fixture(scope="module")
def provisioned(inventory: str, operator: Terminal) -> Ended:
    return operator.invoke("provision", "--inventory", inventory)


def test_one_machine_becomes_a_cluster_that_is_proven_through_every_door(provisioned: Ended) -> None:
    assert provisioned.exit_code == 0
    assert "announced by node1 (" in provisioned.text


def test_its_node_takes_pods_and_runs_them_by_containerd(provisioned: Ended, machines: Machines) -> None:
    assert machines.kubectl("get node node1 --output jsonpath={.spec.taints}") == ""
    runtime = machines.kubectl("get node node1 --output jsonpath={.status.nodeInfo.containerRuntimeVersion}")
    assert runtime.startswith("containerd://")
    assert machines.on("node1", "rpm -q docker-ce || true").strip() == "package docker-ce is not installed"


def test_kubectl_works_for_root_and_for_the_user_who_logs_in(provisioned: Ended, machines: Machines) -> None:
    for user in ("root", "cloud-user"):
        assert machines.on("node1", "kubectl get nodes --output name", user=user) == "node/node1\n"


def test_a_users_own_page_is_served_at_an_address_of_its_own(provisioned: Ended, machines: Machines) -> None:
    machines.on("node1", WEB)
    address = machines.kubectl("get service web --output jsonpath={.status.loadBalancer.ingress[0].ip}")
    assert "Welcome to nginx" in page(address)


def test_a_second_provision_finds_nothing_to_change(
    provisioned: Ended, operator: Terminal, inventory: str
) -> None:
    ended = operator.invoke("provision", "--inventory", inventory)
    assert ended.exit_code == 0
    assert ended.steps("changed") == set()
