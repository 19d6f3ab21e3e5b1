"""All that prepares a host, in one script as nodewright sends it: planned, applied, applied again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kube.settings.node import NodeSettings
from nodewright.script.records import Outcome
from nodewright.script.step import Step
from nodewright.workflow.context import Context
from tests.shell.resources.host import Host
from tests.shell.roles.applied import converges, run
from tests.shell.roles.test_kernel import machine
from tests.unit.roles.examples import NODES
from workflows.provision import PROVISION

ON_OFFER = (
    *(
        "kubeadm-1.34.2-1",
        "kubelet-1.34.2-1",
        "kubectl-1.34.2-1",
        "docker-ce-29.0.1-1",
        "containerd.io-2.2.0-1",
    ),
    *("kubeadm-1.13.3-0", "kubelet-1.13.3-0", "kubectl-1.13.3-0", "docker-ce-18.06.1.ce-3.el7"),
    *("kubeadm-1.36.1-1", "kubelet-1.36.1-1", "kubectl-1.36.1-1", "kubernetes-cni-0.6.0-0"),
    *("docker-ce-cli-29.0.1-1", "cri-dockerd-0.4.0-1", "chrony-4.5-1", "conntrack-tools-1.4-1", "curl-8-1"),
    *("container-selinux-2.2-1", "ebtables-2-1", "ethtool-6-1", "ipset-7-1", "iproute-tc-6-1"),
    *("iptables-1.8-1", "socat-1.7-1"),
)


def prepare(ctx: Context[NodeSettings]) -> Iterator[Step]:
    """The steps of the workflow's first stage."""
    for role in PROVISION.stages[0].roles:
        yield from role(ctx)


def bare(host: Host) -> None:
    """EL as it was installed."""
    machine(host)
    for whole in ON_OFFER:
        name, version, release = whole.rsplit("-", 2)
        host.put(f"/state/available/{whole}", f"{name} {version}-{release}\n")
    host.put("/state/files/docker-ce/state/rpm/containerd.io", "2.2.0-1\n")
    host.put("/etc/fstab", "UUID=1234 / xfs defaults 0 0\n/dev/dm-1 none swap defaults 0 0\n")
    host.put("/state/swaps", "Filename\tType\n/dev/dm-1\tpartition\n")
    host.put("/mounts", host.read("/mounts") + 'mount --bind "$1/state/swaps" "$1/proc/swaps"\n')
    host.put("/etc/hosts", "127.0.0.1 localhost\n")
    host.put("/etc/dnf/dnf.conf", "[main]\ngpgcheck=1\n")
    host.put("/etc/chrony.conf", "pool 2.rocky.pool.ntp.org iburst\n")
    host.put("/etc/selinux/config", "SELINUX=enforcing\nSELINUXTYPE=targeted\n")
    host.put("/etc/containerd/config.toml", 'disabled_plugins = ["cri"]\n')
    host.put("/etc/yum.repos.d/CentOS-Base.repo", "[base]\nmirrorlist=http://mirrorlist.centos.org/?a\n")
    host.put("/state/selinux", "Enforcing\n")
    host.put("/state/tables", "")
    host.put("/state/rules", "0:\tfrom all lookup local\n")
    for key in ("vm.max_map_count", "net.core.somaxconn"):
        host.put(f"/state/sysctl/{key}", "0\n")
    for unit in (
        "firewalld.service",
        "NetworkManager.service",
        "ntpd.service",
        "dev-mapper-centos\\x2dswap.swap",
    ):
        host.put(f"/state/units/{unit}/enabled", "enabled\n")
        host.put(f"/state/units/{unit}/active", "active\n")


@pytest.mark.parametrize(
    "node",
    [
        "1.34.2-docker-mirrored-worker",
        "1.34.2-containerd-mirrored-control-plane",
        "1.13.3-docker-control-plane",
        "1.36.1-everything-worker",
    ],
)
def test_a_bare_host_is_prepared_by_one_script_whose_plan_told_all_of_it(host: Host, node: str) -> None:
    bare(host)

    changed = converges(host, prepare, NODES[node])

    assert len(changed) > 25


def test_what_a_later_step_would_undo_is_seen_at_the_end(host: Host) -> None:
    bare(host)
    # A package that switches the firewall on, as scriptlets do.
    host.put("/state/files/kubelet/state/units/firewalld.service/active", "active\n")

    applied = run(host, prepare, NODES["1.34.2-docker-mirrored-worker"])

    assert [name for name, outcome in applied.items() if outcome is Outcome.UNCONVERGED] == ["firewalld off"]
