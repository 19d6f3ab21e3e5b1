"""What a site needs on its hosts beside Kubernetes: packages, repositories, modules, names, name servers, files."""

from __future__ import annotations

import hashlib
import io
import tarfile
from typing import Any

import pytest

from kube.facts.host import UNITS, Unit
from kube.paths import NETWORK_MANAGER as CONFIG
from kube.settings.node import NodeSettings
from nodewright.script.records import Outcome
from nodewright.workflow.context import Context
from roles.host.identity import identity
from roles.host.kernel import kernel
from roles.host.network_manager import network_manager
from roles.host.resolver import resolver
from roles.node.reset import reset
from roles.software.kubernetes_files import PROGRAMS
from roles.software.packages import software
from roles.software.removal import software_removed
from roles.software.repositories import repositories
from tests.shell.resources.host import Host
from tests.shell.roles.applied import converges, run
from tests.shell.roles.test_kernel import machine as machine_with_modules
from tests.shell.roles.test_reset import node
from tests.shell.roles.test_software import OWN, on_offer
from tests.unit.roles.villages import DNF, context, inventory

RESOLVER = {"nameservers": ["10.0.0.1", "10.0.0.2"], "search": ["example.org"], "options": ["timeout:1"]}
REPOSITORY = {"url": "https://mirror.example.org/site/{minor}/", "key": "https://mirror.example.org/key"}


def of(**cluster: Any) -> Context[NodeSettings]:
    """A host of a cluster with these settings."""
    return context(inventory(cluster))


def test_packages_of_the_site_come_with_the_same_transaction(host: Host) -> None:
    on_offer(
        host, "kubeadm-1.34.2-1", "kubelet-1.34.2-1", "kubectl-1.34.2-1", "containerd.io-2.2.0-1", "htop-3-1"
    )
    ctx = context(
        inventory({"runtime": "containerd", "packages": ["htop", "socat"]}, mirrors={"packages": OWN})
    )

    converges(host, software, ctx)

    assert len(host.log()) == 1
    assert host.read("/state/rpm/htop") == "3-1\n"


def test_repositories_of_the_site_come_and_go_and_those_of_others_stay(host: Host) -> None:
    host.put("/etc/yum.repos.d/epel.repo", "[epel]\n")
    of_site = inventory({"runtime": "containerd"}, mirrors={"packages": {"others": {"tools": REPOSITORY}}})
    converges(host, repositories, context(of_site))
    text = host.read("/etc/yum.repos.d/nodewright-of-site-tools.repo")
    assert "baseurl=https://mirror.example.org/site/1.34/\n" in text
    assert "gpgcheck=1\n" in text

    converges(host, repositories, of(runtime="containerd"))

    assert not host.at("/etc/yum.repos.d/nodewright-of-site-tools.repo").exists()
    assert host.at("/etc/yum.repos.d/epel.repo").exists()


def test_modules_of_the_site_are_loaded_now_and_at_each_boot(host: Host) -> None:
    machine_with_modules(host)
    host.put("/state/modules/ceph/effect", "mkdir -p /sys/module/ceph\n")
    host.at("/sys/module").mkdir(parents=True, exist_ok=True)

    converges(host, kernel, of(kernel_modules=["ceph"]))

    assert host.read("/etc/modules-load.d/ceph.conf") == "ceph\n"
    assert host.at("/sys/module/ceph").exists()


def test_lines_of_the_site_stand_beside_the_hosts_and_go_with_them(host: Host) -> None:
    host.put("/etc/hosts", "127.0.0.1 localhost\n")
    converges(host, identity, of(hosts_lines=["10.0.0.9   registry.example.org registry"]))
    assert "192.168.56.12 node2\n10.0.0.9 registry.example.org registry\n" in host.read("/etc/hosts")

    converges(host, identity, of())

    assert "registry" not in host.read("/etc/hosts")


NETWORK_MANAGER = {**DNF, UNITS: {"NetworkManager.service": Unit("active", "enabled")}}


def by_network_manager(**cluster: Any) -> Context[NodeSettings]:
    """A host on which NetworkManager writes name servers."""
    return context(inventory(cluster), answers=NETWORK_MANAGER)


def test_name_servers_are_those_of_the_inventory_and_network_manager_keeps_away(host: Host) -> None:
    host.put("/state/units/NetworkManager.service/active", "active\n")
    host.put("/etc/resolv.conf", "nameserver 192.168.1.1\n")
    ctx = by_network_manager(resolver=RESOLVER)

    for role in (network_manager, resolver):
        converges(host, role, ctx)

    assert host.read("/etc/resolv.conf").splitlines()[1:] == [
        "search example.org",
        "nameserver 10.0.0.1",
        "nameserver 10.0.0.2",
        "options timeout:1",
    ]
    assert "\n[main]\ndns=none\n" in host.read(CONFIG)
    assert "systemctl reload NetworkManager.service" in host.log()


def test_without_name_servers_in_the_inventory_those_from_before_are_back(host: Host) -> None:
    host.put("/etc/resolv.conf", "nameserver 192.168.1.1\n")
    converges(host, resolver, of(resolver=RESOLVER))

    converges(host, resolver, of())

    assert host.read("/etc/resolv.conf") == "nameserver 192.168.1.1\n"


def test_a_link_to_a_stub_of_name_servers_is_replaced_and_comes_back(host: Host) -> None:
    host.put("/run/systemd/resolve/stub-resolv.conf", "nameserver 127.0.0.53\n")
    host.at("/etc/resolv.conf").unlink(missing_ok=True)
    host.at("/etc/resolv.conf").symlink_to("/run/systemd/resolve/stub-resolv.conf")
    converges(host, resolver, of(resolver=RESOLVER))
    assert host.read("/run/systemd/resolve/stub-resolv.conf") == "nameserver 127.0.0.53\n"
    assert not host.at("/etc/resolv.conf").is_symlink()

    converges(host, resolver, of())

    assert str(host.at("/etc/resolv.conf").readlink()) == "/run/systemd/resolve/stub-resolv.conf"


def test_a_reset_takes_name_servers_and_modules_of_the_site_away(host: Host) -> None:
    host.put("/state/units/NetworkManager.service/active", "active\n")
    host.put("/etc/resolv.conf", "nameserver 192.168.1.1\n")
    machine_with_modules(host)
    host.put("/state/modules/ceph/effect", "mkdir -p /sys/module/ceph\n")
    host.at("/sys/module").mkdir(parents=True, exist_ok=True)
    ctx = by_network_manager(resolver=RESOLVER, kernel_modules=["ceph"])
    for role in (kernel, network_manager, resolver):
        converges(host, role, ctx)
    node(host)

    converges(host, reset, ctx)

    assert host.read("/etc/resolv.conf") == "nameserver 192.168.1.1\n"
    assert not host.at(CONFIG).exists()
    assert not host.at("/etc/modules-load.d/ceph.conf").exists()
    assert host.log().count("systemctl reload NetworkManager.service") == 2


# Kubernetes as plain files


def archive(*names: str) -> bytes:
    """A gzipped tar archive of programs."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(name), 0o755
            tar.addfile(member, io.BytesIO(name.encode()))
    return packed.getvalue()


def by_files(host: Host) -> Context[NodeSettings]:
    """A host whose site has a file store with all of Kubernetes, and no repository of it.

    What it writes into /usr/bin, which is this machine's, goes into a layer above it.
    """
    for folder in ("programs", "work"):
        host.at(f"/run/{folder}").mkdir(exist_ok=True)
    host.put(
        "/mounts",
        'mount -t overlay overlay -o lowerdir=/usr/bin,upperdir="$1/run/programs",workdir="$1/run/work" '
        '"$1/usr/bin"\n',
    )
    on_offer(host, "containerd.io-2.2.0-1")
    store = {name: f"program {name}\n".encode() for name in PROGRAMS}
    store["cni_plugins"] = archive("bridge", "host-local", "loopback", "portmap", "README.md")
    store["crictl"] = archive("crictl")
    files = {}
    for name, content in store.items():
        host.put(f"/srv/{name}", "")
        host.at(f"/srv/{name}").write_bytes(content)
        files[name] = {
            "url": f"https://files.example.org/{name}",
            "sha256": hashlib.sha256(content).hexdigest(),
        }
    return context(inventory({"runtime": "containerd"}, mirrors={"packages": {"kubernetes": files}}))


def test_kubernetes_may_come_as_plain_files_with_their_checksums(host: Host) -> None:
    ctx = by_files(host)

    converges(host, repositories, ctx)
    converges(host, software, ctx)

    assert not host.at("/etc/yum.repos.d/nodewright-kubernetes.repo").exists()
    assert not host.at("/state/rpm/kubelet").exists()
    for program in PROGRAMS:
        assert host.read(f"/run/programs/{program}") == f"program {program}\n"
        assert host.at(f"/run/programs/{program}").stat().st_mode & 0o777 == 0o755
    assert sorted(path.name for path in host.at("/opt/cni/bin").iterdir()) == [
        "README.md",
        "bridge",
        "host-local",
        "loopback",
        "portmap",
    ]
    assert host.read("/run/programs/crictl") == "crictl"
    assert "ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS" in host.read(
        "/etc/systemd/system/kubelet.service"
    )


@pytest.mark.parametrize("name", ["kubelet", "cni_plugins"])
def test_a_file_that_is_another_than_its_checksum_says_is_not_used(host: Host, name: str) -> None:
    ctx = by_files(host)
    host.put(f"/srv/{name}", "evil\n")

    applied = run(host, software, ctx)

    assert "has not the checksum" in applied.output
    programs = [path.read_text() for path in host.at("/run/programs").iterdir() if path.is_file()]
    assert "evil\n" not in programs


def test_files_and_packages_of_kubernetes_do_not_mix(host: Host) -> None:
    ctx = by_files(host)
    host.put("/state/rpm/kubelet", "1.34.2-1\n")

    applied = run(host, software, ctx)

    assert applied["no packages of Kubernetes beside its files"] is Outcome.FAILED
    assert "invoke reset --packages" in applied.output


def test_a_reset_with_packages_takes_the_files_too(host: Host) -> None:
    ctx = by_files(host)
    converges(host, software, ctx)
    host.put("/opt/cni/bin/of-others", "x\n")

    converges(host, software_removed, ctx)

    assert [path.name for path in host.at("/opt/cni/bin").iterdir()] == ["of-others"]
    assert not {*PROGRAMS, "crictl"} & {
        path.name for path in host.at("/run/programs").iterdir() if path.is_file()
    }
    assert not host.at("/etc/systemd/system/kubelet.service").exists()
