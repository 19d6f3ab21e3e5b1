"""Whether system and machine can carry a node is known before anything is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kube.facts.host import CGROUP, PACKAGES, UNITS, Unit
from kube.facts.membership import MEMBERSHIP
from nodewright.errors import NodewrightError
from nodewright.facts import (
    CPUS,
    KERNEL,
    MOUNTS,
    OPERATING_SYSTEM,
    SPACE,
    XFS_WITHOUT_TYPES,
    Kernel,
    Mount,
    OperatingSystem,
    Space,
)
from tests.unit.preflight.hosts import MEMBER, MIRRORS, advice, findings, found, told
from tests.unit.roles.villages import Answers

GIB = 1024**3
EL_8 = OperatingSystem(id="rocky", like=("rhel", "centos"), version="8.10")


def test_a_control_plane_needs_two_cpus_unless_the_check_is_ignored_by_its_name(tmp_path: Path) -> None:
    small: Answers = {CPUS: 1}
    assert found(tmp_path, node1=small) == ["node1: 1 CPU is too little for a control plane: kubeadm wants 2"]
    assert found(tmp_path, node2=small) == []
    assert found(tmp_path, {"ignore_preflight_errors": ["NumCPU"]}, node1=small) == []


def test_a_disk_that_is_too_full_is_told_with_what_will_be_written_where(tmp_path: Path) -> None:
    (error,) = findings(tmp_path, node1={SPACE: (Space("/", 20 * GIB, 2 * GIB),)})
    assert isinstance(error, NodewrightError)
    assert error.what.startswith("/ has 2.0 GiB free of 20.0 GiB; ")
    assert error.what.endswith("and 15% have to stay free for the kubelet")
    assert {line.split(":")[0] for line in error.output.splitlines()} == {
        *("/var/lib/containerd", "/var/lib/kubelet", "/usr", "/var/cache", "/var/lib/etcd"),
    }


def test_each_file_system_is_looked_at_for_what_lies_on_it(tmp_path: Path) -> None:
    disks = (Space("/", 20 * GIB, 10 * GIB), Space("/var/lib/containerd", 4 * GIB, GIB // 2))
    (message,) = found(tmp_path, node2={SPACE: disks})
    assert message.startswith("node2: /var/lib/containerd has 512 MiB free of 4.0 GiB")
    elsewhere: dict[str, object] = {"runtime_folder": "/data/containers"}
    assert found(tmp_path, elsewhere, node2={SPACE: disks}) == []


def test_who_says_when_the_kubelet_evicts_decides_how_much_stays_free(tmp_path: Path) -> None:
    full: Answers = {SPACE: (Space("/", 100 * GIB, 12 * GIB),)}
    assert len(found(tmp_path, node2=full)) == 1
    assert found(tmp_path, {"kubelet": {"evictionHard": {"imagefs.available": "5%"}}}, node2=full) == []


def test_a_node_that_runs_has_written_what_it_writes(tmp_path: Path) -> None:
    assert found(tmp_path, node2={SPACE: (Space("/", 20 * GIB, GIB),), MEMBERSHIP: MEMBER}) == []


def test_an_xfs_without_file_types_carries_no_images(tmp_path: Path) -> None:
    old: Answers = {
        MOUNTS: (Mount("/dev/sda1", "/", "xfs"), Mount("/dev/sdb1", "/data", "xfs")),
        XFS_WITHOUT_TYPES: frozenset({"/dev/sda1"}),
    }
    (message,) = found(tmp_path, node3=old)
    assert message.startswith("node3: /, where /var/lib/containerd lies, is an XFS without file types")
    assert found(tmp_path, {"runtime_folder": "/data/containers"}, node3=old) == []


def test_kubernetes_1_13_knows_no_kernel_from_5_on(tmp_path: Path) -> None:
    old: dict[str, object] = {"kubernetes": "1.13.3", "package_versions": {"containerd": "1.6.33"}}
    newer: Answers = {KERNEL: Kernel("5.14.0-427.el9.x86_64", "x86_64"), CGROUP: 1}
    fitting: Answers = {KERNEL: Kernel("4.18.0-553.el8_10.x86_64", "x86_64"), CGROUP: 1}
    names = [message for message in found_with_mirror(tmp_path, old, newer) if "too new" in message]
    assert len(names) == 3
    assert found_with_mirror(tmp_path, old, fitting) == []


@pytest.mark.parametrize(("kubernetes", "refused"), [("1.18.20", True), ("1.19.16", False)])
def test_cgroups_of_version_2_are_refused_below_1_19(tmp_path: Path, kubernetes: str, refused: bool) -> None:
    wanted: dict[str, object] = {"kubernetes": kubernetes, "package_versions": {"containerd": "1.6.33"}}
    messages = found_with_mirror(tmp_path, wanted, {CGROUP: 2})
    assert any("does not know" in message for message in messages) is refused


def test_cgroups_of_version_2_are_refused_with_a_docker_that_does_not_know_them(tmp_path: Path) -> None:
    wanted: dict[str, object] = {"kubernetes": "1.20.15", "runtime": "docker"}
    messages = found_with_mirror(tmp_path, wanted, {CGROUP: 2})
    assert any("which Docker 19.03.15 does not know" in message for message in messages)
    messages = found_with_mirror(tmp_path, wanted, {CGROUP: 1})
    assert not any("cgroups" in message for message in messages)


def found_with_mirror(tmp_path: Path, cluster: dict[str, object], every: Answers) -> list[str]:
    """The errors where all three hosts say the same, and packages come from that mirror."""
    return found(tmp_path, cluster, MIRRORS, node1=every, node2=every, node3=every)


@pytest.mark.parametrize(
    ("system", "installed", "unwanted"),
    [
        (EL_8, ("podman", "runc"), "podman, runc"),
        (EL_8, ("podman", "runc", "crun"), "podman, runc"),
        (EL_8, ("runc",), ""),
        (EL_8, ("podman", "runc", "containerd.io"), ""),
        (None, ("podman", "crun"), ""),
        (None, ("podman", "crun", "runc"), ""),
        (None, ("buildah", "runc"), "buildah, runc"),
    ],
)
def test_podman_of_el_8_stands_against_containerd(
    tmp_path: Path, system: OperatingSystem | None, installed: tuple[str, ...], unwanted: str
) -> None:
    said: Answers = {PACKAGES: dict.fromkeys(installed, "1-1")}
    if system:
        said = {**said, OPERATING_SYSTEM: system, KERNEL: Kernel("5.15.0-200.el8uek.x86_64", "x86_64")}
    messages = found(tmp_path, node2=said)
    expected = f"node2: {unwanted} cannot be installed beside the packages of containerd"
    assert messages == ([expected] if unwanted else [])


def test_another_docker_stands_against_docker_and_is_removed_by_name(tmp_path: Path) -> None:
    cluster: dict[str, object] = {"runtime": "docker", "kubernetes": "1.23.17"}
    other: Answers = {PACKAGES: {"podman-docker": "4-1"}}
    assert "dnf remove podman-docker" in advice(tmp_path, cluster, MIRRORS, node2=other)


def test_a_docker_that_was_never_built_for_this_system_is_refused_at_its_line(tmp_path: Path) -> None:
    cluster: dict[str, object] = {
        "runtime": "docker",
        "kubernetes": "1.20.15",
        "package_versions": {"docker": "18.09.9"},
    }
    every: Answers = {OPERATING_SYSTEM: EL_8, CGROUP: 1}
    messages = found_with_mirror(tmp_path, cluster, every)
    assert len(messages) == 3
    assert "Docker 18.09.9 was never built for EL 8: the oldest there is 19.03" in messages[0]


def test_a_file_system_that_forbids_programs_is_told_where_containers_lie_on_it(tmp_path: Path) -> None:
    mounts = (Mount("/dev/sda1", "/", "xfs"), Mount("/dev/sdb1", "/var", "xfs", ("rw", "nosuid", "noexec")))
    assert told(tmp_path, node2={MOUNTS: mounts}) == [
        "node2: /var, where /var/lib/containerd lies, is mounted noexec, nosuid",
        "node2: /var, where /var/lib/kubelet lies, is mounted noexec, nosuid",
    ]


@pytest.mark.parametrize(
    ("unit", "state", "said"),
    [
        ("crio.service", Unit("active", "disabled"), True),
        ("docker.service", Unit("inactive", "enabled"), True),
        ("docker.service", Unit("inactive", "disabled"), False),
        ("containerd.service", Unit("active", "enabled"), False),
        ("chronyd.service", Unit("active", "enabled"), False),
    ],
)
def test_another_engine_that_runs_beside_ours_is_told(
    tmp_path: Path, unit: str, state: Unit, said: bool
) -> None:
    expected = f"node2: {unit} runs on the host, or starts at boot, beside containerd"
    assert told(tmp_path, node2={UNITS: {unit: state}}) == ([expected] if said else [])


def test_a_processor_that_cri_dockerd_is_not_published_for_is_told_with_the_way_out(tmp_path: Path) -> None:
    power: Answers = {KERNEL: Kernel("5.14.0-427.el9.ppc64le", "ppc64le")}
    (message,) = found(tmp_path, {"kubernetes": "1.34.2", "runtime": "docker"}, node2=power)
    assert "processor is ppc64le; cri-dockerd is published for x86_64 and aarch64" in message
    assert found(tmp_path, {"kubernetes": "1.34.2"}, node2=power) == []
