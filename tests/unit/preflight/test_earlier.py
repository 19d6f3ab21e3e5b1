"""Traces of an earlier installation that would go before ours are named with their file and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from kube.facts.earlier import EARLIER, Earlier, HostsLine, KubeletFlags, OtherRepository
from kube.facts.membership import MEMBERSHIP
from tests.unit.preflight.hosts import MEMBER, advice, found, told
from tests.unit.roles.villages import Answers

FLAGS = Earlier(flags=(KubeletFlags("/etc/sysconfig/kubelet", "--cgroup-driver=cgroupfs --v=4"),))


@pytest.mark.parametrize(
    ("earlier", "message", "remedy"),
    [
        (
            FLAGS,
            "/etc/sysconfig/kubelet gives the kubelet flags that go over its configuration: --cgroup-driver=cgroupfs",
            "into cluster.kubelet",
        ),
        (
            Earlier(units=("/etc/systemd/system/kubelet.service.d/20-old.conf",)),
            "/etc/systemd/system/kubelet.service.d/20-old.conf starts the kubelet in its own way, "
            "and belongs to no package",
            "rm /etc/systemd/system/kubelet.service.d/20-old.conf; systemctl daemon-reload",
        ),
        (
            Earlier(programs=("/usr/local/bin/kubeadm", "/usr/local/bin/kubectl")),
            "/usr/local/bin/kubeadm, /usr/local/bin/kubectl would be called instead of what the packages bring",
            "rm /usr/local/bin/kubeadm /usr/local/bin/kubectl",
        ),
        (
            Earlier(networks=("/etc/cni/net.d/10-calico.conflist",)),
            "/etc/cni/net.d/10-calico.conflist: another network's, which pods would get instead of flannel's",
            "mv /etc/cni/net.d/10-calico.conflist /etc/cni/net.d/10-calico.conflist.off",
        ),
        (
            Earlier(hosts=(HostsLine("10.0.0.99", ("node3",)),)),
            "/etc/hosts gives node3 the address 10.0.0.99, and the inventory 192.168.56.13",
            "take that line out",
        ),
    ],
    ids=["flags", "unit", "programs", "network", "hosts"],
)
def test_a_trace_is_named_with_its_file_and_a_remedy_and_on_a_node_only_told(
    tmp_path: Path, earlier: Earlier, message: str, remedy: str
) -> None:
    assert found(tmp_path, node2={EARLIER: earlier}) == [f"node2: {message}"]
    assert remedy in advice(tmp_path, node2={EARLIER: earlier})
    member: Answers = {EARLIER: earlier, MEMBERSHIP: MEMBER}
    assert found(tmp_path, node2=member) == []
    assert told(tmp_path, node2=member) == [f"node2: {message}"]


def test_flags_that_no_setting_stands_for_are_an_administrators(tmp_path: Path) -> None:
    harmless = Earlier(flags=(KubeletFlags("/etc/sysconfig/kubelet", "--cloud-provider=external --v=2"),))
    assert found(tmp_path, node2={EARLIER: harmless}) == []


def test_flannels_own_file_is_no_trace_and_on_a_node_nothing_that_comes_after_it(tmp_path: Path) -> None:
    flannel = "/etc/cni/net.d/10-flannel.conflist"
    podman = "/etc/cni/net.d/87-podman.conflist"
    assert found(tmp_path, node2={EARLIER: Earlier(networks=(flannel,))}) == []
    member: Answers = {EARLIER: Earlier(networks=(flannel, podman)), MEMBERSHIP: MEMBER}
    assert told(tmp_path, node2=member) == []


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.1.1", "::1", "192.168.56.12"])
def test_a_hosts_own_name_may_lead_to_itself(tmp_path: Path, address: str) -> None:
    assert found(tmp_path, node2={EARLIER: Earlier(hosts=(HostsLine(address, ("node2",)),))}) == []


def test_another_hosts_name_may_not_lead_here(tmp_path: Path) -> None:
    assert len(found(tmp_path, node1={EARLIER: Earlier(hosts=(HostsLine("127.0.1.1", ("node2",)),))})) == 1


def test_googles_repository_is_gone_and_stops_every_installation(tmp_path: Path) -> None:
    old = OtherRepository(
        "/etc/yum.repos.d/k8s.repo",
        "kubernetes",
        urls="https://packages.cloud.google.com/yum/repos/kubernetes-el7-x86_64",
    )
    (message,) = found(tmp_path, node2={EARLIER: Earlier(repositories=(old,))})
    assert message.startswith("node2: /etc/yum.repos.d/k8s.repo asks a repository that is gone")
    off = OtherRepository(old.file, old.section, enabled=False, urls=old.urls)
    assert found(tmp_path, node2={EARLIER: Earlier(repositories=(off,))}) == []


def test_a_runtime_with_data_elsewhere_keeps_them_only_where_the_inventory_says_so(tmp_path: Path) -> None:
    used: Answers = {EARLIER: Earlier(containerd_folder="/data/containerd")}
    (message,) = found(tmp_path, node2=used)
    assert message.startswith(
        "node2: containerd of this host keeps its images and containers in /data/containerd"
    )
    assert "`runtime_folder: /data/containerd`" in advice(tmp_path, node2=used)
    assert found(tmp_path, {"runtime_folder": "/data/containerd"}, node2=used) == []


def test_the_folder_of_a_node_that_runs_is_not_changed(tmp_path: Path) -> None:
    member: Answers = {EARLIER: Earlier(containerd_folder="/var/lib/containerd"), MEMBERSHIP: MEMBER}
    (message,) = found(tmp_path, {"runtime_folder": "/data/containerd"}, node2=member)
    assert "inventory.yaml:" in message


def test_the_other_runtimes_data_are_not_ours(tmp_path: Path) -> None:
    assert found(tmp_path, node2={EARLIER: Earlier(docker_folder="/data/docker")}) == []


def test_etcd_wants_its_folder_empty_on_a_control_plane(tmp_path: Path) -> None:
    left: Answers = {EARLIER: Earlier(etcd=("/var/lib/etcd/lost+found",))}
    (message,) = found(tmp_path, node1=left)
    assert message.startswith("node1: /var/lib/etcd is not empty")
    assert found(tmp_path, node2=left) == []
    ignoring: dict[str, object] = {"ignore_preflight_errors": ["DirAvailable--var-lib-etcd"]}
    assert found(tmp_path, ignoring, node1=left) == []
