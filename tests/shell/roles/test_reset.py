"""After a reset a node is a plain machine: what a cluster left is gone, what others put there is not."""

from __future__ import annotations

import pytest

from kube.paths import CRI_DOCKERD as PROGRAM
from nodewright.script.compile import Mode
from nodewright.script.records import Outcome
from roles.node.reset import reset
from roles.software.docker import docker
from roles.software.removal import software_removed
from tests.shell.resources.host import Host
from tests.shell.roles.applied import converges, run
from tests.unit.roles.villages import context

RULES = """\
*nat
:POSTROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG
COMMIT
"""
TABLES = "table ip filter\ntable ip kube-proxy\ntable ip6 kube-proxy\ntable inet flannel-ipv4\n"
LEFT = (
    *("/etc/kubernetes/kubelet.conf", "/etc/kubernetes/pki/ca.crt", "/etc/kubernetes/admin.conf"),
    *("/etc/cni/net.d/10-flannel.conflist", "/run/flannel/subnet.env", "/var/lib/etcd/member/snap"),
    *("/var/lib/cni/networks/cbr0/10.244.0.2", "/var/lib/kubelet/config.yaml"),
    *("/var/lib/kubelet/pods/a/token", "/etc/nodewright/cluster", "/etc/nodewright/manifests/flannel.yaml"),
    "/var/lib/nodewright/kubelet-managers",
)
THEIRS = ("/etc/cni/net.d/87-podman.conflist", "/var/lib/cni/networks/podman/10.88.0.2", "/etc/hosts")


def machine(host: Host) -> None:
    """A host with the user that nodewright logs in as."""
    host.put("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nvagrant:x:1000:1000::/home/vagrant:/bin/sh\n")


def node(host: Host) -> None:
    """A member of a cluster, on which podman has networks of its own."""
    machine(host)
    for path in (*LEFT, *THEIRS):
        host.put(path, "x\n")
    for name in ("cni0", "flannel.1", "eth0"):
        host.at(f"/sys/class/net/{name}").mkdir(parents=True)
    host.put("/state/iptables", RULES)
    host.put("/state/ip6tables", "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n")
    host.put("/state/tables", TABLES)
    host.put("/state/units/kubelet.service/enabled", "enabled\n")
    host.put("/state/units/kubelet.service/active", "active\n")


def test_everything_of_the_cluster_goes_and_nothing_else(host: Host) -> None:
    node(host)

    converges(host, reset, context())

    assert [path for path in LEFT if host.at(path).exists()] == []
    assert [path for path in THEIRS if not host.at(path).exists()] == []
    assert [path.name for path in host.at("/sys/class/net").iterdir()] == ["eth0"]
    assert "KUBE-" not in host.read("/state/iptables")
    assert "FLANNEL-" not in host.read("/state/iptables")
    assert "-o docker0 -j MASQUERADE" in host.read("/state/iptables")
    assert host.read("/state/tables") == "table ip filter\n"
    assert host.read("/state/units/kubelet.service/active") == "inactive\n"


def test_rules_of_no_cluster_are_not_even_written_again(host: Host) -> None:
    node(host)

    run(host, reset, context())

    assert host.log().count("iptables-restore") == 1
    assert host.log().count("ip6tables-restore") == 0


def test_a_host_that_is_none_of_a_clusters_is_left_alone(host: Host) -> None:
    machine(host)
    host.put("/state/iptables", "*filter\nCOMMIT\n")
    host.put("/state/ip6tables", "")
    host.put("/state/tables", "")

    assert converges(host, reset, context()) == []


def test_what_pods_had_mounted_is_unmounted_the_deepest_first(host: Host) -> None:
    node(host)
    host.put(
        "/mounts",
        'mkdir -p "$1/var/lib/kubelet/pods/a/volumes"\n'
        'mount -t tmpfs none "$1/var/lib/kubelet/pods/a/volumes"\n'
        'mkdir -p "$1/var/lib/kubelet/pods/a/volumes/sub"\n'
        'mount -t tmpfs none "$1/var/lib/kubelet/pods/a/volumes/sub"\n',
    )

    applied = run(host, reset, context())

    assert applied["nothing left in /var/lib/kubelet"] is Outcome.CHANGED, applied.output


def test_a_reset_works_where_kubeadm_is_gone_already(host: Host) -> None:
    node(host)
    host.at("/standins/kubeadm").unlink()

    converges(host, reset, context())

    assert not host.at("/etc/kubernetes").exists()


def test_the_membership_goes_last(host: Host) -> None:
    node(host)

    planned = list(run(host, reset, context(), Mode.PLAN))

    assert planned[-1].startswith("no member of a cluster any more")


@pytest.mark.parametrize("installed", [("kubelet", "docker-ce"), ()])
def test_our_packages_and_repositories_go_by_choice(host: Host, installed: tuple[str, ...]) -> None:
    for name in installed:
        host.put(f"/state/rpm/{name}", "1-1\n")
        host.put("/etc/yum.repos.d/nodewright-kubernetes.repo", "[nodewright-kubernetes]\n")
    host.put("/state/rpm/socat", "1-1\n")
    host.put("/etc/yum.repos.d/rocky.repo", "[baseos]\n")

    converges(host, software_removed, context())

    assert [path.name for path in host.at("/state/rpm").iterdir()] == ["socat"]
    assert [path.name for path in host.at("/etc/yum.repos.d").iterdir()] == ["rocky.repo"]


def test_cri_dockerd_from_an_archive_goes_with_the_packages(host: Host) -> None:
    for unit in ("cri-docker.service", "cri-docker.socket"):
        host.put(f"/state/units/{unit}/active", "active\n")
        host.put(f"/state/units/{unit}/enabled", "enabled\n")
    host.put(PROGRAM, "#!/bin/sh\n")
    for package in ("docker-ce", "containerd.io"):
        host.put(f"/state/rpm/{package}", "1-1\n")
    converges(host, docker, context())

    converges(host, software_removed, context())

    assert not host.at("/opt/nodewright").exists()
    assert list(host.at("/etc/systemd/system").rglob("cri-docker*")) == []
    assert host.read("/state/units/cri-docker.socket/active") == "inactive\n"
    assert host.read("/state/units/cri-docker.service/enabled") == "disabled\n"
