"""What a node needs around it is looked for before anything is changed, and its absence is told."""

from __future__ import annotations

from ipaddress import IPv4Interface
from pathlib import Path

import pytest

from kube.facts.host import RESOLVER, Resolver
from kube.facts.membership import MEMBERSHIP, Membership
from kube.facts.ports import LISTENERS, Listener
from nodewright.facts import CLOCK, MACHINE, NETWORK, Clock, Interface, Machine, Network
from tests.unit.preflight.hosts import ADDRESSES, MEMBER, MIRRORS, NOW, advice, found, told
from tests.unit.roles.villages import Answers


def without_a_way_out(name: str) -> Answers:
    own = Interface("eth0", addresses=(IPv4Interface(f"{ADDRESSES[name]}/24"),))
    return {NETWORK: Network((own,))}


def test_a_host_without_a_default_route_is_refused(tmp_path: Path) -> None:
    (message,) = found(tmp_path, node2=without_a_way_out("node2"))
    assert message.startswith("node2: the host has no default route")


def test_a_node_that_runs_without_a_default_route_is_told(tmp_path: Path) -> None:
    member: Answers = {**without_a_way_out("node2"), MEMBERSHIP: MEMBER}
    assert found(tmp_path, node2=member) == []
    assert len(told(tmp_path, node2=member)) == 1


def test_a_host_without_a_name_server_is_refused_unless_the_kubelet_is_told_of_another_file(
    tmp_path: Path,
) -> None:
    nobody = {RESOLVER: Resolver()}
    (message,) = found(tmp_path, node3=nobody)
    assert message.startswith("node3: the host has no name server")
    assert found(tmp_path, {"kubelet": {"resolvConf": "/etc/pods-resolv.conf"}}, node3=nobody) == []


def test_a_clock_that_nobody_sets_is_told_unless_the_inventory_names_a_source(tmp_path: Path) -> None:
    adrift: Answers = {CLOCK: Clock(NOW, synchronized=False)}
    assert found(tmp_path, node2=adrift) == []
    (message,) = told(tmp_path, node2=adrift)
    assert message.startswith("node2: the host's clock is not synchronized")
    assert told(tmp_path, {"time_servers": ["time.example.org"]}, node2=adrift) == []
    assert told(tmp_path, node2={CLOCK: Clock(NOW, synchronized=None)}) == []


def test_the_clock_of_a_container_is_its_machines(tmp_path: Path) -> None:
    inside: Answers = {
        CLOCK: Clock(NOW, synchronized=False),
        MACHINE: Machine(machine_id="of its own", container=True),
    }
    assert told(tmp_path, node2=inside) == []


def test_a_port_that_another_program_holds_is_told_with_the_program(tmp_path: Path) -> None:
    held: Answers = {LISTENERS: (Listener("tcp", 6443, "haproxy"), Listener("udp", 8472))}
    assert found(tmp_path, node1=held) == [
        "node1: port 6443/tcp, which the API server wants, is held by haproxy",
        "node1: port 8472/udp, which flannel wants, is held by the kernel",
    ]
    assert "ss -lnp 'sport = 6443'" in advice(tmp_path, node1={LISTENERS: held[LISTENERS][:1]})


@pytest.mark.parametrize(
    ("kubernetes", "port", "user"),
    [
        ("1.16.15", 10251, "the scheduler"),
        ("1.17.17", 10259, "the scheduler"),
        ("1.34.2", 10257, "the controller manager"),
        ("1.34.2", 2379, "etcd"),
        ("1.34.2", 10250, "the kubelet"),
        ("1.34.2", 10249, "kube-proxy"),
    ],
)
def test_all_ports_of_a_control_plane_are_looked_at(
    tmp_path: Path, kubernetes: str, port: int, user: str
) -> None:
    cluster = {"kubernetes": kubernetes, "package_versions": {"containerd": "1.6.33"}}
    messages = found(tmp_path, cluster, MIRRORS, node1={LISTENERS: (Listener("tcp", port, "other"),)})
    assert any(f"port {port}/tcp, which {user} wants, is held by other" in message for message in messages)


def test_a_worker_wants_no_ports_of_a_control_plane(tmp_path: Path) -> None:
    held: Answers = {LISTENERS: (Listener("tcp", 6443, "haproxy"), Listener("tcp", 22, "sshd"))}
    assert found(tmp_path, node2=held) == []


def test_metallbs_port_counts_where_there_is_metallb(tmp_path: Path) -> None:
    held: Answers = {LISTENERS: (Listener("udp", 7946, "serf"),)}
    assert found(tmp_path, node2=held) == []
    with_pool: dict[str, object] = {"metallb": {"addresses": ["192.168.56.200-192.168.56.210"]}}
    assert len(found(tmp_path, with_pool, node2=held)) == 1


def test_a_port_whose_check_kubeadm_is_told_to_ignore_is_ignored_here(tmp_path: Path) -> None:
    held: Answers = {LISTENERS: (Listener("tcp", 10250, "other"),)}
    assert found(tmp_path, {"ignore_preflight_errors": ["Port-10250"]}, node2=held) == []


@pytest.mark.parametrize("membership", [MEMBER, Membership("village")])
def test_a_nodes_own_programs_hold_its_ports(tmp_path: Path, membership: Membership) -> None:
    held: Answers = {LISTENERS: (Listener("tcp", 10250, "kubelet"),), MEMBERSHIP: membership}
    assert found(tmp_path, node2=held) == []
