"""The questions about Kubernetes, asked for real under each shell, with the programs of an EL host stood in for."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TypeVar

import pytest

from kube.facts.cluster import LIVE, LiveCluster, LiveNode
from kube.facts.earlier import EARLIER, Earlier, HostsLine, KubeletFlags, OtherRepository
from kube.facts.host import (
    FRAGMENTS,
    PACKAGES,
    RESOLVER,
    SELINUX,
    SWAP,
    UNITS,
    Resolver,
    SeLinux,
    Swap,
    Unit,
)
from kube.facts.membership import MEMBERSHIP, Membership, membership_file
from kube.facts.ports import LISTENERS, Listener
from kube.facts.repositories import REPOSITORIES
from kube.paths import ADMIN_KUBECONFIG, MEMBERSHIP_FILE
from kube.versions.releases import Version
from nodewright.facts.fragment import Fragment
from tests.shell.resources.host import SHELLS, Host

T = TypeVar("T")


@pytest.fixture(params=SHELLS)
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Host:
    return Host.made(tmp_path / "root", request.param)


def stand_in(host: Host, program: str, script: str) -> None:
    host.put(f"/root/bin/{program}", f"#!/bin/sh\n{script}\n", mode=0o755)


def ask(host: Host, fragment: Fragment[T]) -> T:
    """What the host says, as the engine would hear it: also of a fragment that failed on the way."""
    return fragment.parse(host.run(f"PATH=/root/bin:$PATH\n{fragment.script}", nw_tmp="/tmp").output)


@pytest.mark.parametrize("fragment", [*FRAGMENTS, LIVE], ids=lambda fragment: fragment.name)
def test_shellcheck_finds_nothing(fragment: Fragment[object]) -> None:
    subprocess.run(
        ["shellcheck", "--shell=sh", "--exclude=SC2154", "-"], input=fragment.script, text=True, check=True
    )


def test_a_host_that_has_nothing_of_all_this_answers_all_the_same(host: Host) -> None:
    stand_in(host, "systemctl", "exit 1")
    stand_in(host, "rpm", "echo 'package kubelet is not installed'; exit 12")
    assert ask(host, UNITS) == {}
    assert ask(host, PACKAGES) == {}
    assert ask(host, SELINUX) == SeLinux()
    assert ask(host, MEMBERSHIP) == Membership()
    assert ask(host, LIVE) == LiveCluster()
    assert ask(host, RESOLVER) == Resolver()
    assert ask(host, EARLIER) == Earlier()


def test_swap_units_are_told(host: Host) -> None:
    stand_in(host, "systemctl", "echo '  dev-zram0.swap loaded active active Compressed Swap on /dev/zram0'")
    assert ask(host, SWAP) == Swap(("dev-zram0.swap",))


@pytest.mark.parametrize("mark", ["*", "\u25cf"])
def test_swap_units_with_a_mark_before_them_are_known_by_their_names(host: Host, mark: str) -> None:
    stand_in(host, "systemctl", f"echo '{mark} dev-sda2.swap masked inactive dead dev-sda2.swap'")
    assert ask(host, SWAP).units == ("dev-sda2.swap",)


def test_selinux_says_its_mode(host: Host) -> None:
    stand_in(host, "getenforce", "echo Enforcing")
    assert ask(host, SELINUX) == SeLinux("enforcing")


def test_all_units_are_asked_for_at_once(host: Host) -> None:
    stand_in(
        host,
        "systemctl",
        "[ $# = 17 ]\n"
        "printf 'Id=docker.service\\nLoadState=loaded\\nActiveState=active\\nUnitFileState=enabled\\n\\n'\n"
        "printf 'Id=crio.service\\nLoadState=not-found\\nActiveState=inactive\\nUnitFileState=\\n'",
    )
    assert ask(host, UNITS) == {"docker.service": Unit("active", "enabled")}


def test_packages_are_told_although_some_are_missing(host: Host) -> None:
    stand_in(host, "rpm", "echo 'kubelet 1.34.2-1'; echo 'package podman is not installed'; exit 1")
    assert ask(host, PACKAGES) == {"kubelet": "1.34.2-1"}


def test_the_resolvers_own_servers_are_told_where_it_runs(host: Host) -> None:
    stand_in(host, "systemctl", "[ \"$*\" = 'is-active --quiet systemd-resolved' ]")
    host.put("/etc/resolv.conf", "search example.org\nnameserver 127.0.0.53\n")
    host.put("/run/systemd/resolve/resolv.conf", "nameserver 10.0.0.1\nnameserver 10.0.0.2\n")
    assert ask(host, RESOLVER) == Resolver(("127.0.0.53",), ("10.0.0.1", "10.0.0.2"))


def test_membership_and_traces(host: Host) -> None:
    host.put(MEMBERSHIP_FILE, membership_file("lab", "run-1", "sha256:ab", node="node1", role="worker"))
    host.put("/etc/kubernetes/kubelet.conf", "")
    assert ask(host, MEMBERSHIP) == Membership(
        "lab", "sha256:ab", ("/etc/kubernetes/kubelet.conf",), "node1", "worker"
    )


def test_a_running_cluster_is_asked_on_a_control_plane(host: Host) -> None:
    host.put(ADMIN_KUBECONFIG, "")
    stand_in(
        host,
        "kubectl",
        f'[ "$KUBECONFIG" = {ADMIN_KUBECONFIG} ]\n'
        'case "$*" in\n'
        "*nodes*) echo 'node1  v1.34.2  docker://29.1.0  True  10.77.0.11' ;;\n"
        "*kubeadm-config*) printf 'kubernetesVersion: v1.34.2\\n' ;;\n"
        "esac",
    )
    node = LiveNode("node1", Version(1, 34, 2), "docker", "10.77.0.11", ready=True)
    assert ask(host, LIVE) == LiveCluster((node,), {"kubernetesVersion": "v1.34.2"})


def test_an_api_that_is_down_is_no_cluster(host: Host) -> None:
    host.put(ADMIN_KUBECONFIG, "")
    stand_in(host, "kubectl", "echo 'The connection to the server was refused' >&2; exit 1")
    assert ask(host, LIVE) == LiveCluster()


def test_repositories_are_told_that_are_enabled(host: Host) -> None:
    host.put(
        "/etc/yum.repos.d/a.repo",
        "# [comment]\n[base]\nname=base [of all]\n\n[off]\nenabled = 0\n[ on ]\nenabled=yes",
    )
    host.put("/etc/yum.repos.d/b.repo", "[last]\nenabled=1\n[debug]\nenabled=False\n")
    assert ask(host, REPOSITORIES) == ("base", "on", "last")


def test_a_host_without_repositories_names_none(host: Host) -> None:
    assert ask(host, REPOSITORIES) == ()


def test_folders_without_a_file_are_no_traces(host: Host) -> None:
    host.at("/var/lib/rancher/k3s").mkdir(parents=True)
    host.at("/var/lib/etcd/member/snap").mkdir(parents=True)
    assert ask(host, MEMBERSHIP) == Membership()
    host.put("/var/lib/rancher/k3s/token", "")
    assert ask(host, MEMBERSHIP).found == ("/var/lib/rancher",)


def test_who_holds_a_port_is_told_on_a_host_that_is_no_node_yet(host: Host) -> None:
    stand_in(
        host,
        "ss",
        "cat <<'END'\n"
        "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n"
        "udp   UNCONN 0      0           0.0.0.0:8472       0.0.0.0:*\n"
        'tcp   LISTEN 0      4096           [::]:6443          [::]:*    users:(("haproxy",pid=7,fd=6))\n'
        "END",
    )
    assert ask(host, LISTENERS) == (Listener("udp", 8472), Listener("tcp", 6443, "haproxy"))
    host.put(MEMBERSHIP_FILE, membership_file("lab", "run-1", node="node1", role="worker"))
    assert ask(host, LISTENERS) == ()


def test_flags_for_the_kubelet_are_told_with_their_file(host: Host) -> None:
    host.put("/etc/sysconfig/kubelet", 'KUBELET_EXTRA_ARGS="--fail-swap-on=false --node-ip=10.0.0.9"\n')
    host.put("/etc/default/kubelet", "# KUBELET_EXTRA_ARGS=--v=9\nKUBELET_EXTRA_ARGS=\n")
    assert ask(host, EARLIER).flags == (
        KubeletFlags("/etc/sysconfig/kubelet", "--fail-swap-on=false --node-ip=10.0.0.9"),
    )


def test_units_of_the_kubelet_are_told_that_no_package_owns_and_that_start_it_otherwise(host: Host) -> None:
    folder = "/etc/systemd/system/kubelet.service.d"
    start = "[Service]\nExecStart=\nExecStart=/usr/local/bin/kubelet --config=/etc/kubelet.yaml\n"
    host.put("/etc/systemd/system/kubelet.service", start)
    host.put(f"{folder}/10-old.conf", start)
    host.put(
        f"{folder}/20-flags.conf", '[Service]\nEnvironment="KUBELET_NETWORK_ARGS=--network-plugin=cni"\n'
    )
    host.put(f"{folder}/30-limits.conf", "[Service]\nLimitNOFILE=9000\n")
    host.put(f"{folder}/40-proxy.conf", '[Service]\nEnvironment="HTTP_PROXY=http://proxy:3128"\n')
    host.put(f"{folder}/nodewright-proxy.conf", '[Service]\nEnvironment="NO_PROXY=kubelet"\n')
    host.put(f"{folder}/50-kubeadm.conf", start)
    stand_in(host, "rpm", '[ "$*" = "-qf /etc/systemd/system/kubelet.service.d/50-kubeadm.conf" ]')
    assert ask(host, EARLIER).units == (
        "/etc/systemd/system/kubelet.service",
        f"{folder}/10-old.conf",
        f"{folder}/20-flags.conf",
    )


def test_the_runtimes_folders_are_told_as_their_settings_say_or_where_there_is_something(host: Host) -> None:
    host.put("/var/lib/docker/overlay2/x", "")
    host.put("/var/lib/containerd/x", "")
    assert ask(host, EARLIER).docker_folder == "/var/lib/docker"
    assert ask(host, EARLIER).containerd_folder == "/var/lib/containerd"
    host.put("/etc/docker/daemon.json", '{\n  "log-driver": "json-file",\n  "data-root": "/data/docker"\n}\n')
    host.put("/etc/containerd/config.toml", 'version = 2\n#root = "/x"\nroot = "/data/containerd"\n')
    assert ask(host, EARLIER).docker_folder == "/data/docker"
    assert ask(host, EARLIER).containerd_folder == "/data/containerd"


def test_files_of_other_networks_and_what_lies_in_etcds_folder_are_told(host: Host) -> None:
    host.put("/etc/cni/net.d/10-calico.conflist", "")
    host.put("/etc/cni/net.d/README", "")
    host.at("/var/lib/etcd/lost+found").mkdir(parents=True)
    assert ask(host, EARLIER).networks == ("/etc/cni/net.d/10-calico.conflist",)
    assert ask(host, EARLIER).etcd == ("/var/lib/etcd/lost+found",)


def test_other_repositories_of_kubernetes_and_docker_are_told_and_no_other(host: Host) -> None:
    file = "/etc/yum.repos.d/k8s.repo"
    host.put(
        file,
        "[kubernetes]\nname=Kubernetes\nbaseurl=https://pkgs.k8s.io/core:/stable:/v1.34/rpm/\nexclude=kubelet\n"
        "[off]\nbaseurl = https://example.org/\nenabled = 0\n",
    )
    host.put(
        "/etc/yum.repos.d/nodewright-kubernetes.repo",
        "[nodewright-kubernetes]\nbaseurl=https://pkgs.k8s.io/\n",
    )
    host.put("/etc/yum.repos.d/rocky.repo", "[baseos]\nbaseurl=https://rocky.example.org/\n")
    assert ask(host, EARLIER).repositories == (
        OtherRepository(
            file, "kubernetes", urls="https://pkgs.k8s.io/core:/stable:/v1.34/rpm/", excluded="kubelet"
        ),
        OtherRepository(file, "off", enabled=False, urls="https://example.org/"),
    )


def test_lines_of_the_hosts_file_are_told_but_for_our_block(host: Host) -> None:
    host.put(
        "/etc/hosts",
        "127.0.0.1 localhost\n# 10.0.0.1 gone\n10.0.0.9\tnode2 node2.example.org # old\n"
        "# BEGIN nodewright nodewright\n10.0.0.2 node2\n# END nodewright nodewright\nfe80::1 gate\n",
    )
    assert ask(host, EARLIER).hosts == (
        HostsLine("127.0.0.1", ("localhost",)),
        HostsLine("10.0.0.9", ("node2", "node2.example.org")),
        HostsLine("fe80::1", ("gate",)),
    )
