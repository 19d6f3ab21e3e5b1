"""Settings that change while the cluster runs: they roll out, restart what the plan names, or are refused."""

from __future__ import annotations

import json
import re
from ipaddress import ip_address
from typing import Any

import pytest

from tests.e2e.machines import Document, Machines
from tests.e2e.terminal import Ended, Terminal

NODES = ("node1", "node2", "node3")
POOL = range(210, 216)
STARTED = "systemctl show --property ExecMainStartTimestampMonotonic kubelet"
# Kubernetes' own: pods of an earlier smoke test may still be on their way out.
CONTAINERS = "docker ps --quiet --no-trunc --filter label=io.kubernetes.pod.namespace=kube-system | sort"


@pytest.fixture(scope="module")
def machines(all_machines: Machines) -> Machines:
    all_machines.cluster()
    return all_machines


# ---- Refused --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def refused(machines: Machines, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """A provision that wants of a running cluster what it cannot become."""
    terminal = Terminal(tmp_path_factory.mktemp("terminal"))
    document = machines.document()
    document["cluster"] |= {
        "kubernetes": "1.34.1",
        "runtime": "containerd",
        "pod_cidr": "10.245.0.0/16",
        "service_cidr": "10.112.0.0/12",
        "certificate_names": ["kubernetes.example.com"],
        "api_endpoint": "kubernetes.example.com:6443",
    }
    return terminal.invoke("provision", "--inventory", terminal.inventory(document))


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("kubernetes", "the cluster runs 1.34.2"),
        ("runtime", "node2 runs docker: moving nodes to another runtime comes in a later release"),
        ("pod_cidr", "the cluster has 10.244.0.0/16: every pod, service and certificate carries it"),
        ("service_cidr", "the cluster has 10.96.0.0/12: every pod, service and certificate carries it"),
        (
            "certificate_names",
            "the API's certificate was made with none: renewing certificates comes in a later",
        ),
        ("api_endpoint", "the cluster has none: every kubeconfig and the API's certificate carry it"),
    ],
)
def test_what_a_running_cluster_cannot_become_is_refused_at_the_line_that_wants_it(
    refused: Ended, setting: str, said: str
) -> None:
    folder = refused.folder.parents[1]
    lines = (folder / "inventory.yaml").read_text().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if text.startswith(f"  {setting}:"))
    wheres = [problem.where for problem in refused.problems(None) if said in problem.what]
    wheres += [problem.where for name in NODES for problem in refused.problems(name) if said in problem.what]
    assert wheres
    assert all(str(where).startswith(f"inventory.yaml:{line}:") for where in wheres)


def test_a_refused_change_changes_nothing(refused: Ended) -> None:
    assert refused.exit_code == 4
    assert refused.steps("changed") == set()


def test_a_node_that_left_the_inventory_is_a_warning_that_says_how_to_remove_it(
    machines: Machines, terminal: Terminal, document: Document
) -> None:
    del document["workers"]["node3"]
    ended = terminal.invoke("plan", "--inventory", terminal.inventory(document))
    assert ended.exit_code == 2
    problem = ended.problem(None)
    assert (problem.kind, problem.exit_code) == ("Warning", 0)
    assert problem.what == "the node node3 is in the cluster and not in the inventory"
    assert "kubectl delete node node3" in problem.advice


# ---- Rolled out -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def changed(machines: Machines) -> Document:
    """Labels, a taint, another pool, other settings of all kubelets and of one."""
    document = machines.document()
    first, last = machines.lab.subnet[POOL[0]], machines.lab.subnet[POOL[-1]]
    document["cluster"]["metallb"]["addresses"] = [f"{first}-{last}"]
    document["cluster"]["kubelet"]["maxPods"] = 99
    document["workers"]["node2"] |= {"labels": {"disk": "fast"}, "taints": ["dedicated=web:PreferNoSchedule"]}
    document["workers"]["node3"]["kubelet"] = {"maxPods": 88}
    return document


DUE = {
    ("node1", "manifest of metallb-pool"),
    ("node1", "metallb-pool applied"),
    ("node1", "kubeadm's configuration"),
    ("node1", "kubelet settings in the cluster"),
    ("node1", "labels of node2"),
    ("node1", "taints of node2"),
    ("node3", "this node's own kubelet settings"),
    *((name, "kubelet runs with these settings") for name in NODES),
}


@pytest.fixture(scope="module")
def before(machines: Machines, changed: Document) -> dict[str, tuple[str, str]]:
    """On each node: when its kubelet started, and the containers that run, once those of an earlier test do."""
    machines.kubectl("--namespace metallb-system rollout status daemonset/speaker --timeout 120s")
    return {name: (machines.on(name, STARTED), machines.on(name, CONTAINERS)) for name in NODES}


@pytest.fixture(scope="module")
def plan(before: object, operator: Terminal, changed: Document) -> Ended:
    return operator.invoke("plan", "--inventory", operator.inventory(changed, "changed.yaml"))


@pytest.fixture(scope="module")
def limited(plan: Ended, machines: Machines, operator: Terminal) -> Ended:
    """A provision of one worker alone: what the cluster shares is not its to change."""
    machines.touched()
    return operator.invoke("provision", "--inventory", "changed.yaml", "--limit", "node3")


@pytest.fixture(scope="module")
def rolled_out(limited: Ended, machines: Machines, operator: Terminal) -> Ended:
    ended = operator.invoke("provision", "--inventory", "changed.yaml")
    machines.become("cluster of other settings", lambda: ended)
    return ended


def test_a_plan_names_exactly_what_the_new_settings_change_and_restart(plan: Ended) -> None:
    assert plan.exit_code == 2
    assert plan.steps("change") == DUE


def test_a_worker_alone_cannot_have_what_the_cluster_does_not_give_yet(limited: Ended) -> None:
    assert limited.exit_code == 7
    problem = limited.problem("node3")
    assert problem.step == "kubelet runs with these settings"
    assert "name it in --limit as well, or run without" in problem.output


def test_provision_does_exactly_what_the_plan_named(limited: Ended, rolled_out: Ended) -> None:
    assert rolled_out.exit_code == 0
    assert rolled_out.steps("changed") == DUE - limited.steps("changed")


def test_kubelets_run_with_the_new_settings_and_their_pods_run_on(
    rolled_out: Ended, machines: Machines, before: dict[str, tuple[str, str]]
) -> None:
    assert {name: configz(machines, name)["maxPods"] for name in NODES} == {
        "node1": 99,
        "node2": 99,
        "node3": 88,
    }
    for name in NODES:
        started, containers = before[name]
        assert machines.on(name, STARTED) != started
        assert set(containers.split()) <= set(machines.on(name, CONTAINERS).split())


def test_labels_and_taints_are_those_of_the_inventory(rolled_out: Ended, machines: Machines) -> None:
    assert machines.kubectl("get nodes --selector disk=fast --output name") == "node/node2"
    taints = json.loads(machines.kubectl("get node node2 --output jsonpath={.spec.taints}"))
    assert taints == [{"key": "dedicated", "value": "web", "effect": "PreferNoSchedule"}]


def test_the_smoke_test_gets_an_address_of_the_new_pool(rolled_out: Ended, machines: Machines) -> None:
    address = re.search(r"page fetched from load-balancer address ([0-9.]+)", rolled_out.text)
    assert address
    assert ip_address(address[1]) in {machines.lab.subnet[number] for number in POOL}


def configz(machines: Machines, node: str) -> dict[str, Any]:
    """What a kubelet says that it runs with."""
    answer = json.loads(machines.kubectl(f"get --raw /api/v1/nodes/{node}/proxy/configz"))
    configuration: dict[str, Any] = answer["kubeletconfig"]
    return configuration
