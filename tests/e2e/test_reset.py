"""Nodes become plain machines again: one that leaves a cluster which goes on, and then all of them."""

from __future__ import annotations

import pytest

from tests.e2e.machines import Machines
from tests.e2e.terminal import Ended, Terminal

NODES = ("node1", "node2", "node3")

#: Prints what a node has and a plain machine has not; nothing where nothing is left.
LEFT = r"""
for path in /etc/kubernetes /etc/cni/net.d/10-flannel.conflist /run/flannel /var/lib/etcd /var/lib/cni/flannel \
    /var/lib/cni/results /root/.kube/config /etc/nodewright /var/lib/nodewright/kubelet-settings; do
    if [ -e "$path" ] || [ -L "$path" ]; then echo "$path"; fi
done
find /root/.kube -name 'nodewright-*' 2>/dev/null
find /var/lib/kubelet -mindepth 1 2>/dev/null
grep -o ' /var/lib/kubelet/.*' /proc/mounts
for interface in cni0 flannel.1 kube-ipvs0; do
    if [ -e "/sys/class/net/$interface" ]; then echo "$interface"; fi
done
for tool in iptables ip6tables; do "$tool-save" | grep -E 'KUBE-|CNI-|FLANNEL-|flannel'; done
nft list tables | grep -E 'kube-proxy|flannel'
docker ps --all --quiet
systemctl is-active kubelet | grep -v inactive
pgrep -l 'kube|etcd|flannel|speaker'
:
"""


@pytest.fixture(scope="module")
def machines(all_machines: Machines) -> Machines:
    all_machines.cluster()
    all_machines.touched()
    return all_machines


@pytest.fixture(scope="module")
def inventory(machines: Machines, operator: Terminal) -> str:
    return operator.inventory(machines.document())


@pytest.fixture(scope="module")
def one_left(inventory: str, operator: Terminal) -> Ended:
    """node3 left, and its packages with it."""
    return operator.invoke("reset", "--limit", "node3", "--packages", "--yes", "--inventory", inventory)


@pytest.fixture(scope="module")
def came_back(one_left: Ended, inventory: str, operator: Terminal) -> Ended:
    return operator.invoke("provision", "--limit", "node3", "--inventory", inventory)


@pytest.fixture(scope="module")
def all_left(came_back: Ended, inventory: str, machines: Machines, operator: Terminal) -> Ended:
    ended = operator.invoke("reset", "--yes", "--inventory", inventory)
    machines.become("reset", lambda: ended)
    return ended


def test_a_node_that_is_reset_leaves_the_cluster_which_goes_on(one_left: Ended, machines: Machines) -> None:
    assert one_left.exit_code == 0
    assert "no nodes of the cluster any more: node3" in one_left.text
    nodes = machines.kubectl("get nodes --no-headers --output custom-columns=:.metadata.name").split()
    assert nodes == ["node1", "node2"]


def test_a_limited_reset_touches_no_other_host(one_left: Ended) -> None:
    assert {host for host, _ in one_left.steps("changed")} == {"node3"}


def test_with_packages_nothing_that_was_installed_for_the_cluster_stays(
    one_left: Ended, machines: Machines
) -> None:
    ours = (
        "kubeadm kubelet kubectl kubernetes-cni cri-tools docker-ce docker-ce-cli containerd.io cri-dockerd"
    )
    installed = machines.on("node3", f"rpm -q {ours} | grep -v 'is not installed' || true")
    assert installed == ""
    assert machines.on("node3", "ls /etc/yum.repos.d") == ""


def test_a_node_that_left_joins_again_and_no_other_host_is_changed(
    came_back: Ended, machines: Machines
) -> None:
    assert came_back.exit_code == 0
    assert {host for host, _ in came_back.steps("changed")} == {"node3"}
    assert "of node1, node3\n" in came_back.text


def test_reset_leaves_nothing_of_a_cluster_on_any_machine(all_left: Ended, machines: Machines) -> None:
    assert all_left.exit_code == 0
    assert {name: machines.on(name, LEFT) for name in NODES} == dict.fromkeys(NODES, "")


def test_a_second_reset_finds_nothing_to_do(all_left: Ended, inventory: str, operator: Terminal) -> None:
    ended = operator.invoke("reset", "--yes", "--inventory", inventory)
    assert ended.exit_code == 0
    assert ended.steps("changed") == set()


def test_status_shows_machines_that_belong_to_no_cluster(
    all_left: Ended, inventory: str, operator: Terminal
) -> None:
    ended = operator.invoke("status", "--inventory", inventory)
    assert ended.exit_code == 0
    rows = [line.split() for line in ended.text.splitlines() if line.startswith("node")]
    assert [row[-2:] for row in rows] == [["none", "none"]] * 3


def test_smoke_without_a_cluster_fails_and_says_what_makes_one(
    all_left: Ended, inventory: str, operator: Terminal
) -> None:
    ended = operator.invoke("smoke", "--inventory", inventory)
    assert ended.exit_code == 8
    problem = ended.problem(None)
    assert problem.what == "no control plane's API answers"
    assert "invoke provision makes the cluster" in problem.advice
