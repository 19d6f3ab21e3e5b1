"""Somebody changed things by hand: the next plan shows exactly that, and provision puts exactly that right."""

from __future__ import annotations

import pytest

from tests.e2e.machines import Machines
from tests.e2e.terminal import Ended, Terminal

#: What is done on a machine → the steps that it makes due there.
DRIFT: dict[str, tuple[str, set[str]]] = {
    "node1": (
        """
        export KUBECONFIG=/etc/kubernetes/admin.conf
        kubectl --namespace metallb-system delete ipaddresspool --all
        kubectl --namespace kube-flannel delete daemonset --all
        rm /root/.kube/nodewright-*
        """,
        {"metallb-pool applied", "flannel applied", "kubeconfig of root"},
    ),
    "node2": (
        """
        echo '/swapfile none swap defaults 0 0' >>/etc/fstab
        swapon --all
        echo 0 >/proc/sys/net/ipv4/ip_forward
        rm /etc/modules-load.d/*br_netfilter*
        """,
        {
            "no swap in fstab",
            "swap off",
            "kernel settings (/etc/sysctl.d/99-zz-nodewright.conf)",
            "module br_netfilter at boot",
        },
    ),
    "node3": (
        """
        systemctl stop kubelet docker docker.socket
        systemctl unmask firewalld
        systemctl start firewalld
        sed -i 's/50m/1m/' /etc/docker/daemon.json
        """,
        {"kubelet runs", "service docker.service", "file /etc/docker/daemon.json", "firewalld off"},
    ),
}
DUE = {(host, step) for host, (_, steps) in DRIFT.items() for step in steps}


@pytest.fixture(scope="module")
def inventory(all_machines: Machines, operator: Terminal) -> str:
    all_machines.cluster()
    for host, (script, _) in DRIFT.items():
        all_machines.on(host, script)
    all_machines.touched()
    return operator.inventory(all_machines.document())


@pytest.fixture(scope="module")
def plan(operator: Terminal, inventory: str) -> Ended:
    return operator.invoke("plan", "--inventory", inventory)


@pytest.fixture(scope="module")
def repaired(plan: Ended, all_machines: Machines, operator: Terminal, inventory: str) -> Ended:
    ended = operator.invoke("provision", "--inventory", inventory)
    all_machines.become("cluster", lambda: ended)
    return ended


def test_a_plan_shows_exactly_what_was_changed_by_hand(plan: Ended) -> None:
    assert plan.exit_code == 2
    assert plan.steps("change") == DUE


def test_provision_puts_exactly_that_right_and_proves_it(repaired: Ended) -> None:
    assert repaired.exit_code == 0
    assert repaired.steps("changed") == DUE
