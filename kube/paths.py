"""Lists every place on a host that nodewright or what it starts writes to, what is there, and what takes it away.

Roles take paths from here. The lists of docs/reset.md and docs/your-machines.md are made from `PLACES`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from nodewright.paths import (
    BEFORE,
    CONFIGURATION,
    FSTAB,
    HOSTNAME,
    MODULES,
    PROGRAMS,
    REPOSITORIES,
    RUN,
    STAMPS,
    STATE,
    SYSCTLS,
    UNITS,
)

# ---- Of nodewright itself --------------------------------------------------------------------------------------

#: Says which cluster the host belongs to; mode 0644, see `kube.facts.membership`.
MEMBERSHIP_FILE = f"{CONFIGURATION}/cluster"
#: Holds kubeadm's configuration on the first control plane, kept for later changes of settings.
KUBEADM_CONFIGURATION = f"{CONFIGURATION}/kubeadm-init.yaml"
#: Holds the manifests that were applied to the cluster, on control planes.
MANIFESTS = f"{CONFIGURATION}/manifests"
#: kubeadm finds the patches of a node's kubelet configuration here.
PATCHES_FOLDER = f"{CONFIGURATION}/patches"
#: The name of this patch says what is patched, and how. Source: kubernetes.io, "Customizing components …".
KUBELET_PATCH = f"{PATCHES_FOLDER}/kubeletconfiguration+merge.yaml"
#: Holds, on each node, the digest of the settings that its kubelet was started with.
KUBELET_STAMP = f"{STATE}/kubelet-settings"
#: Holds the digest of the settings that the kubelet's CPU and memory managers remember.
KUBELET_MANAGERS_STAMP = f"{STATE}/kubelet-managers"
#: Holds packages that come from a URL, not from a repository.
PACKAGES = f"{STATE}/packages"
#: The program of the release archive; SELinux labels /opt/*/bin as programs.
CRI_DOCKERD = f"{PROGRAMS}/bin/cri-dockerd"

# ---- Of the host -----------------------------------------------------------------------------------------------

#: The system trusts the authorities in this file too: update-ca-trust(8).
AUTHORITIES = "/etc/pki/ca-trust/source/anchors/nodewright.pem"
CHRONY = "/etc/chrony.conf"
CONTAINERD = "/etc/containerd/config.toml"
#: containerd reads hosts.toml at each pull, so it need not restart.
CONTAINERD_REGISTRIES = "/etc/containerd/certs.d"
DNF, YUM = "/etc/dnf/dnf.conf", "/etc/yum.conf"
DOCKER = "/etc/docker/daemon.json"
HOSTS = "/etc/hosts"
NETWORK_MANAGER = "/etc/NetworkManager/conf.d/nodewright.conf"
SYSTEM_PROGRAMS = "/usr/bin"
#: The kubelet and cri-dockerd, which systemd starts without HOME, look here for logins. The folder outlives a
#: `kubeadm reset`, and /var/lib/kubelet does not. Source: k8s.io/kubernetes/pkg/credentialprovider/config.go.
REGISTRY_LOGINS_FOLDER = "/.docker"
REGISTRY_LOGINS = f"{REGISTRY_LOGINS_FOLDER}/config.json"
RESOLV_CONF = "/etc/resolv.conf"
#: A boot that finds this file labels all files and then boots again: selinux-autorelabel.service.
RELABEL = "/.autorelabel"
SELINUX = "/etc/selinux/config"
ZRAM = "/etc/systemd/zram-generator.conf"

# ---- Of Kubernetes ---------------------------------------------------------------------------------------------

KUBERNETES = "/etc/kubernetes"
ADMIN_KUBECONFIG = f"{KUBERNETES}/admin.conf"
KUBELET_CREDENTIALS = f"{KUBERNETES}/kubelet.conf"
STATIC_PODS = f"{KUBERNETES}/manifests"
PKI = f"{KUBERNETES}/pki"
CA = f"{PKI}/ca.crt"
ETCD = "/var/lib/etcd"
KUBELET = "/var/lib/kubelet"
#: kubeadm writes it; without it a kubelet ends at once.
KUBELET_CONFIGURATION = f"{KUBELET}/config.yaml"
#: The kubelet keeps the containers' logs by pod here, since 1.14: NAMESPACE_POD_UID/CONTAINER/RESTARTS.log.
POD_LOGS = "/var/log/pods"
#: Holds links to these logs with names of their own: POD_NAMESPACE_CONTAINER-ID.log.
CONTAINER_LOGS = "/var/log/containers"
#: The kubelet remembers in these files the policies that give CPUs and memory to pods, and these pods.
KUBELET_MANAGERS = (f"{KUBELET}/cpu_manager_state", f"{KUBELET}/memory_manager_state")
CGROUPS = "/sys/fs/cgroup"
FLANNEL = "/run/flannel"
CNI_PLUGINS = "/opt/cni/bin"
CNI_CONFIGURATION = "/etc/cni/net.d/10-flannel.conflist"
#: flannel's plugin and the plugins that it calls keep their state here.
CNI_STATE = ("/var/lib/cni/flannel", "/var/lib/cni/networks/cbr0", "/var/lib/cni/results")


class Goes(StrEnum):
    """Says what takes a place away again."""

    RESET = "reset"
    PACKAGES = "reset --packages"
    BOOT = "the next boot"
    STAYS = "stays"


@dataclass(frozen=True)
class Place:
    """Describes a file or folder on a host.

    Args:
        path: an absolute path, or one in a user's home; words in capitals stand for names.
        what: what nodewright, or what it starts, does there.
        goes: what takes it away.
    """

    path: str
    what: str
    goes: Goes = Goes.STAYS


#: Lists the places in the order in which a reset takes them away; the membership file is the last.
PLACES = (
    Place(CNI_CONFIGURATION, "flannel's network for pods", Goes.RESET),
    Place(KUBERNETES, "kubeadm's files: certificates, kubeconfigs, the control plane's pods", Goes.RESET),
    Place(FLANNEL, "flannel's subnet of this node", Goes.RESET),
    Place(ETCD, "the cluster's data, on control planes", Goes.RESET),
    *(Place(path, "what flannel's plugins keep of pods", Goes.RESET) for path in CNI_STATE),
    Place(KUBELET, "the kubelet's files; the folder itself stays", Goes.RESET),
    Place(
        "~/.kube/nodewright-NAME", "the administrator's kubeconfig, of root and of the SSH user", Goes.RESET
    ),
    Place("~/.kube/config", "a link to it, where there was no such file", Goes.RESET),
    Place(REGISTRY_LOGINS, "your logins of registries, for root alone", Goes.RESET),
    Place(KUBELET_STAMP, "the digest of the settings that the kubelet was started with", Goes.RESET),
    Place(
        KUBELET_MANAGERS_STAMP, "the digest of those that its CPU and memory managers remember", Goes.RESET
    ),
    Place(
        CONFIGURATION,
        "which cluster the host belongs to; kubeadm's configuration, manifests, this node's kubelet settings",
        Goes.RESET,
    ),
    Place(f"{REPOSITORIES}/nodewright-NAME.repo", "the repositories of the inventory", Goes.PACKAGES),
    Place(f"{UNITS}/cri-docker.service", "runs cri-dockerd, where an archive brought it", Goes.PACKAGES),
    Place(
        f"{UNITS}/cri-docker.service.d/nodewright.conf",
        "its options, where a package brought it",
        Goes.PACKAGES,
    ),
    Place(f"{UNITS}/cri-docker.socket", "cri-dockerd's socket, where an archive brought it", Goes.PACKAGES),
    Place(PROGRAMS, "cri-dockerd, where an archive brought it", Goes.PACKAGES),
    Place(AUTHORITIES, "the authorities of your mirrors", Goes.PACKAGES),
    Place(PACKAGES, "packages from a URL", Goes.PACKAGES),
    Place(STAMPS, "what each service's last restart has seen", Goes.PACKAGES),
    Place(RUN, "the lock, and what scripts need while they run", Goes.BOOT),
    Place(BEFORE, "every file and unit of somebody else's, as it was before it was first changed"),
    Place(HOSTNAME, "the inventory's name of the host"),
    Place(HOSTS, "a marked block that names all hosts, with your lines"),
    Place(RESOLV_CONF, "your name servers, with `cluster.resolver`; a reset puts back what was there"),
    Place(f"{SYSTEM_PROGRAMS}/kubeNAME", "Kubernetes as plain files; `reset --packages` takes them away"),
    Place(f"{CNI_PLUGINS}/NAME", "likewise, CNI's plugins"),
    Place(f"{UNITS}/kubelet.service", "likewise, the kubelet's unit"),
    Place(FSTAB, "no swap"),
    Place(ZRAM, "empty: no swap on zram"),
    Place(f"{UNITS}/NAME.swap", "masked: no swap"),
    Place(SELINUX, "the mode of `cluster.selinux`"),
    Place(RELABEL, "made when SELinux is switched on again; the boot that sees it takes it away"),
    Place(f"{MODULES}/NAME.conf", "kernel modules that are loaded at boot"),
    Place(SYSCTLS, "kernel settings"),
    Place(NETWORK_MANAGER, "interfaces that NetworkManager leaves alone"),
    Place(DNF, "your proxy; on hosts with yum `/etc/yum.conf`"),
    Place(f"{REPOSITORIES}/NAME.repo", "on CentOS 7 and 8: the vault instead of mirrors that are gone"),
    Place(CHRONY, "a marked block with your time servers"),
    Place(f"{UNITS}/NAME.service.d/nodewright-proxy.conf", "your proxy, for the runtime and the kubelet"),
    Place(CONTAINERD, "containerd's configuration, whole"),
    Place(f"{CONTAINERD_REGISTRIES}/NAME/hosts.toml", "your mirrors of registries"),
    Place(DOCKER, "Docker's configuration, whole"),
    Place("/var/lib/containerd", "images and containers"),
    Place("/var/lib/docker", "images and containers, with Docker"),
)


def places_table(places: Iterable[Place]) -> str:
    """Returns these places as a table in Markdown."""
    rows = (f"| `{place.path}` | {place.what} | {place.goes} |" for place in places)
    return "\n".join(["| place | what | goes with |", "| --- | --- | --- |", *rows])
