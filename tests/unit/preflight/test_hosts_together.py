"""What stands in the way is known before anything is changed: all of it, by host, with what to do."""

from __future__ import annotations

from ipaddress import IPv4Interface
from pathlib import Path

import pytest

from kube.facts.host import CGROUP, PACKAGES, RESOLVER, Resolver
from kube.facts.membership import MEMBERSHIP, Membership
from kube.facts.repositories import REPOSITORIES
from nodewright.errors import NodewrightError, Problem
from nodewright.facts import (
    CLOCK,
    INIT,
    KERNEL,
    MACHINE,
    MEMORY,
    NETWORK,
    OPERATING_SYSTEM,
    PACKAGE_MANAGER,
    Clock,
    Init,
    Interface,
    Kernel,
    Machine,
    Memory,
    OperatingSystem,
    PackageManager,
)
from tests.unit.preflight.hosts import ADDRESSES, MEMBER, NOW, advice, findings, found, network, told
from tests.unit.roles.villages import Answers
from workflows.preflight import CHECKS


def test_hosts_that_fit_are_let_through(tmp_path: Path) -> None:
    assert found(tmp_path) == []


def test_each_check_has_a_name_of_its_own_that_can_be_written_in_a_shell() -> None:
    assert all(name.replace("-", "").isalpha() and name.islower() for name in CHECKS)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    messages = found(
        tmp_path,
        node1={MEMORY: Memory(total=1024**3)},
        node2={PACKAGE_MANAGER: PackageManager()},
        node3={INIT: Init("sh")},
    )
    assert [message.partition(":")[0] for message in messages] == ["node1", "node2", "node3"]


def test_clones_are_known_by_what_they_share(tmp_path: Path) -> None:
    clone = Machine(machine_id="the same", product_uuid="the same one")
    assert found(tmp_path, node1={MACHINE: clone}, node3={MACHINE: clone}) == [
        "all: node1, node3 have the same machine-id: the same",
        "all: node1, node3 have the same product_uuid: the same one",
    ]


def test_a_clone_is_told_how_to_get_a_machine_id_of_its_own(tmp_path: Path) -> None:
    clone = {MACHINE: Machine(machine_id="the same")}
    to_do = advice(tmp_path, node1=clone, node3=clone)
    # An id that is there would be kept, and D-Bus' would be taken.
    order = [
        to_do.index(part)
        for part in (": >/etc/machine-id", "rm -f /var/lib/dbus", "systemd-machine-id-setup")
    ]
    assert order == sorted(order)


@pytest.mark.parametrize(
    "uuid", ["03000200-0400-0500-0006-000700080009", "00000000-0000-0000-0000-000000000000"]
)
def test_boards_whose_vendor_gave_them_all_one_uuid_are_told_and_not_refused(
    tmp_path: Path, uuid: str
) -> None:
    boards = {name: {MACHINE: Machine(machine_id=name, product_uuid=uuid)} for name in ("node1", "node3")}
    assert found(tmp_path, None, **boards) == []
    assert told(tmp_path, None, **boards) == [f"all: node1, node3 have the same product_uuid: {uuid}"]


def test_network_cards_of_the_nodes_own_addresses_are_compared_and_vagrants_are_not(tmp_path: Path) -> None:
    def with_card(name: str) -> Answers:
        own = Interface("eth1", mac="52:54:00:aa:aa:aa", addresses=(IPv4Interface(f"{ADDRESSES[name]}/24"),))
        return {NETWORK: network(own)}

    assert found(tmp_path, node1=with_card("node1"), node2=with_card("node2")) == [
        "all: node1, node2 have the same MAC address: 52:54:00:aa:aa:aa"
    ]


def test_machines_without_firmware_share_nothing_by_that(tmp_path: Path) -> None:
    bare: dict[str, Answers] = {name: {MACHINE: Machine(machine_id=name)} for name in ADDRESSES}
    assert found(tmp_path, None, **bare) == []


@pytest.mark.parametrize(
    ("skew", "words"), [(6.0, "6 s ahead of the others"), (-90.0, "90 s behind the others")]
)
def test_a_clock_that_differs_by_seconds_is_refused(tmp_path: Path, skew: float, words: str) -> None:
    assert found(tmp_path, node2={CLOCK: Clock(NOW + skew, synchronized=True)}) == [
        f"node2: the clock is {words}"
    ]


def test_a_clock_that_differs_by_less_is_left_to_chrony(tmp_path: Path) -> None:
    assert found(tmp_path, node2={CLOCK: Clock(NOW + 4.0, synchronized=True)}) == []


def test_the_operators_own_clock_may_be_wrong(tmp_path: Path) -> None:
    ahead: dict[str, Answers] = {name: {CLOCK: Clock(NOW + 3600, synchronized=True)} for name in ADDRESSES}
    assert found(tmp_path, None, **ahead) == []


def test_an_address_that_no_interface_has_is_refused_before_anything_listens_on_it(tmp_path: Path) -> None:
    nat = Interface("eth0", mac="52:54:00:4d:77:d3", addresses=(IPv4Interface("10.0.2.15/24"),))
    assert found(tmp_path, node2={NETWORK: network(nat)}) == [
        "node2: the host has no interface with its address 192.168.56.12"
    ]


def test_a_control_plane_needs_memory_unless_the_check_is_ignored_by_its_name(tmp_path: Path) -> None:
    small = {MEMORY: Memory(total=1024**3)}
    assert len(found(tmp_path, node1=small)) == 1
    assert found(tmp_path, node2=small) == []
    assert found(tmp_path, {"ignore_preflight_errors": ["Mem"]}, node1=small) == []


@pytest.mark.parametrize("kernel", ["3.10.0-1160.el7.x86_64", "4.18.0-553.el8_10.x86_64"])
def test_a_kernel_below_the_floor_is_refused_at_the_line_of_the_version(tmp_path: Path, kernel: str) -> None:
    (message,) = found(tmp_path, {"kubernetes": "1.33.1"}, node3={KERNEL: Kernel(kernel, "x86_64")})
    assert message.startswith(f"node3: kernel {kernel} is too old: Kubernetes 1.33 wants 4.19 or newer")
    assert "inventory.yaml:4:" in message


def test_a_finding_at_a_line_is_recorded_like_any_other(tmp_path: Path) -> None:
    (error,) = findings(tmp_path, {"kubernetes": "1.33.1"}, node3={KERNEL: Kernel("3.10.0")})
    assert isinstance(error, NodewrightError)
    assert type(error.problem) is Problem


def test_from_1_34_on_an_old_kernel_is_told_as_kubeadm_does_and_refused_no_more(tmp_path: Path) -> None:
    old: Answers = {KERNEL: Kernel("4.18.0-553.el8_10.x86_64", "x86_64")}
    assert found(tmp_path, {"kubernetes": "1.34.2"}, node3=old) == []
    (message,) = told(tmp_path, {"kubernetes": "1.34.2"}, node3=old)
    assert message.startswith(
        "node3: kernel 4.18.0-553.el8_10.x86_64 is older than Kubernetes 1.34 is tested"
    )


def test_cgroups_of_version_1_are_refused_from_1_35_on(tmp_path: Path) -> None:
    (message,) = found(tmp_path, {"kubernetes": "1.35.0"}, node2={CGROUP: 1})
    assert message.startswith("node2: the host has cgroups of version 1")
    assert found(tmp_path, {"kubernetes": "1.34.2"}, node2={CGROUP: 1}) == []


def test_a_host_that_asks_itself_for_names_is_refused(tmp_path: Path) -> None:
    assert len(found(tmp_path, node3={RESOLVER: Resolver(("127.0.0.1",))})) == 1


@pytest.mark.parametrize(
    ("membership", "words"),
    [
        (Membership("town", "sha256:1"), "the host is a node of the cluster town, not of village"),
        (
            Membership(found=("/etc/kubernetes/kubelet.conf",)),
            "the host was made a node by something else than nodewright",
        ),
    ],
)
def test_a_node_of_another_cluster_is_never_touched(
    tmp_path: Path, membership: Membership, words: str
) -> None:
    assert found(tmp_path, node2={MEMBERSHIP: membership}) == [f"node2: {words}"]


@pytest.mark.parametrize(
    "membership",
    [
        Membership("village"),
        MEMBER,
    ],
)
def test_a_node_of_this_cluster_is_let_through_half_done_too(tmp_path: Path, membership: Membership) -> None:
    assert found(tmp_path, node2={MEMBERSHIP: membership}) == []


RHEL_7 = OperatingSystem(id="rhel", like=("fedora",), version="7.9", name="RHEL 7.9")
ORACLE_7 = OperatingSystem(id="ol", like=("fedora",), version="7.9", name="Oracle Linux 7.9")


def test_a_red_hat_machine_that_is_not_registered_is_told_so(tmp_path: Path) -> None:
    rhel: Answers = {OPERATING_SYSTEM: OperatingSystem(id="rhel", like=("fedora",), version="9.6")}
    (message,) = found(tmp_path, node2={**rhel, REPOSITORIES: ("nodewright-kubernetes",)})
    assert message == (
        "node2: the host has no package repository that is enabled: it is not registered with Red Hat"
    )
    assert found(tmp_path, node2={**rhel, REPOSITORIES: ("rhel-9-for-x86_64-baseos-rpms",)}) == []


@pytest.mark.parametrize(
    ("system", "enabled", "missing"),
    [
        (RHEL_7, "rhel-7-server-rpms", "rhel-7-server-extras-rpms"),
        (ORACLE_7, "ol7_latest", "ol7_addons"),
    ],
    ids=["rhel", "oracle"],
)
def test_the_repository_that_has_container_selinux_is_named_where_it_is_not_enabled(
    tmp_path: Path, system: OperatingSystem, enabled: str, missing: str
) -> None:
    host: Answers = {OPERATING_SYSTEM: system, REPOSITORIES: (enabled,)}
    (message,) = found(tmp_path, node3=host)
    assert f"container-selinux, which the runtime requires, is in the repository {missing}" in message
    assert found(tmp_path, node3={**host, REPOSITORIES: (enabled, missing)}) == []
    assert found(tmp_path, node3={**host, PACKAGES: {"container-selinux": "2:2.119"}}) == []


@pytest.mark.parametrize(
    ("path", "remedy"),
    [
        ("/etc/kubernetes/kubelet.conf", "kubeadm reset --force, then rm -rf /etc/kubernetes/kubelet.conf"),
        ("/var/lib/rancher", "k3s-uninstall.sh, k3s-agent-uninstall.sh or rke2-uninstall.sh"),
        ("/var/lib/k0s", "k0s stop, then k0s reset"),
    ],
)
def test_what_another_cluster_left_is_removed_by_what_made_it(tmp_path: Path, path: str, remedy: str) -> None:
    assert advice(tmp_path, node2={MEMBERSHIP: Membership(found=(path,))}).endswith(remedy)
