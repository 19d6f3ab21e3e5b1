"""What the mirror's RPM repositories hold: names, files and dependencies as the public packages have them.

To add a package, add a row: its files are what some artifact or the folder `lab/packages` holds.
"""

from dataclasses import dataclass

from lab import versions
from lab.versions import RELEASES

SYSTEMD = "/usr/lib/systemd/system"


@dataclass(frozen=True)
class File:
    """One file of a package. `source` is "packages/<file of lab/packages>" or a path below an artifact."""

    source: str
    path: str
    mode: str = "0755"
    config: bool = False


@dataclass(frozen=True)
class Package:
    """One RPM. `units` are the systemd units that its removal stops; `post` is shell for its installation."""

    name: str
    version: str
    release: str
    summary: str
    epoch: int = 0
    noarch: bool = False
    files: tuple[File, ...] = ()
    folders: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    recommends: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    post: str = ""

    @property
    def filename(self) -> str:
        return f"{self.name}-{self.version}-{self.release}.{'noarch' if self.noarch else 'x86_64'}.rpm"


def unit(source: str, name: str) -> File:
    """Returns a systemd unit, or a file of one's drop-in folder."""
    return File(source, f"{SYSTEMD}/{name}", "0644")


def kubernetes(minor: str) -> tuple[Package, ...]:
    """One minor's repository at pkgs.k8s.io. Since 1.32 kubeadm requires nothing, kubelet the plugins."""
    version, release, built = RELEASES[minor].kubernetes, "150500.1.1", f"binaries/kubernetes-{minor}/bin"
    return (
        Package(
            "kubeadm",
            version,
            release,
            "Command-line utility for administering a Kubernetes cluster",
            files=(
                File(f"{built}/kubeadm", "/usr/bin/kubeadm"),
                unit("packages/10-kubeadm.conf", "kubelet.service.d/10-kubeadm.conf"),
            ),
        ),
        Package(
            "kubectl",
            version,
            release,
            "Command-line utility for interacting with a Kubernetes cluster",
            files=(File(f"{built}/kubectl", "/usr/bin/kubectl"),),
        ),
        Package(
            "kubelet",
            version,
            release,
            "Node agent for Kubernetes clusters",
            files=(
                File(f"{built}/kubelet", "/usr/bin/kubelet"),
                unit("packages/kubelet.service", "kubelet.service"),
                File("packages/kubelet.sysconfig", "/etc/sysconfig/kubelet", "0644", config=True),
            ),
            folders=("/etc/kubernetes", "/etc/kubernetes/manifests", "/var/lib/kubelet"),
            requires=("kubernetes-cni >= 1.2.0", "util-linux"),
            recommends=("iptables >= 1.8.4",),
            units=("kubelet.service",),
        ),
        Package(
            "kubernetes-cni",
            versions.CNI_PLUGINS,
            release,
            "Binaries required to provision kubernetes container networking",
            files=tuple(
                File(f"binaries/cni-plugins/bin/{plugin}", f"/opt/cni/bin/{plugin}") for plugin in CNI_PLUGINS
            ),
        ),
    )


CNI_PLUGINS = (
    *("bandwidth", "bridge", "dhcp", "dummy", "firewall", "host-device", "host-local", "ipvlan", "loopback"),
    *("macvlan", "portmap", "ptp", "sbr", "static", "tap", "tuning", "vlan", "vrf"),
)


def docker() -> tuple[Package, ...]:
    """Returns the repository at download.docker.com; container-selinux, which EL itself has, is empty."""
    return (
        Package(
            "docker-ce",
            versions.DOCKER,
            "1.el9",
            "The open-source application container engine",
            epoch=3,
            files=(
                File("binaries/moby/bin/dockerd", "/usr/bin/dockerd"),
                File("binaries/moby/bin/docker-proxy", "/usr/bin/docker-proxy"),
                File("debs/tini/usr/bin/tini-static", "/usr/bin/docker-init"),
                unit("binaries/moby/files/docker.service", "docker.service"),
                unit("binaries/moby/files/docker.socket", "docker.socket"),
            ),
            requires=(
                *("/usr/sbin/groupadd", "container-selinux >= 2:2.74", "containerd.io >= 1.7.27"),
                *("docker-ce-cli", "iptables", "nftables", "systemd", "tar", "xz"),
            ),
            recommends=("docker-ce-rootless-extras",),
            conflicts=("docker", "docker-io", "docker-engine-cs", "docker-ee"),
            units=("docker.socket", "docker.service"),
            post="getent group docker >/dev/null || groupadd --system docker",
        ),
        Package(
            "docker-ce-cli",
            versions.DOCKER,
            "1.el9",
            "The open-source application container engine",
            epoch=1,
            files=(File("binaries/docker-cli/bin/docker", "/usr/bin/docker"),),
            recommends=("docker-buildx-plugin", "docker-compose-plugin"),
            conflicts=("docker", "docker-io", "docker-engine-cs", "docker-ee-cli"),
        ),
        Package(
            "containerd.io",
            versions.CONTAINERD,
            "1.el9",
            "An industry-standard container runtime",
            files=(
                *(
                    File(f"binaries/containerd/bin/{command}", f"/usr/bin/{command}")
                    for command in ("containerd", "containerd-shim-runc-v2", "ctr")
                ),
                # Public packages have runc itself here. What the wrapper does is true of the lab only.
                File("packages/runc-wrapper.sh", "/usr/bin/runc"),
                File("binaries/runc/bin/runc", "/usr/libexec/runc"),
                unit("packages/containerd.service", "containerd.service"),
                File("packages/containerd.toml", "/etc/containerd/config.toml", "0644", config=True),
            ),
            folders=("/etc/containerd",),
            requires=("container-selinux >= 2:2.74",),
            provides=("containerd", "runc"),
            conflicts=("containerd", "runc"),
            units=("containerd.service",),
        ),
        Package(
            "container-selinux",
            "2.240.0",
            "1.el9",
            "SELinux policies for container runtimes (empty: the lab has no SELinux)",
            epoch=2,
            noarch=True,
        ),
    )


CRI_DOCKERD = Package(
    "cri-dockerd",
    versions.CRI_DOCKERD,
    "3.el9",
    "CRI shim that lets a kubelet use Docker",
    files=(
        File("binaries/cri-dockerd/bin/cri-dockerd", "/usr/bin/cri-dockerd"),
        unit("binaries/cri-dockerd/files/cri-docker.service", "cri-docker.service"),
        unit("binaries/cri-dockerd/files/cri-docker.socket", "cri-docker.socket"),
    ),
    requires=("docker-ce",),
    units=("cri-docker.socket", "cri-docker.service"),
)

# To dnf, the Debian system below a node is this one package.
BASE = Package(
    "lab-base-system",
    "1",
    "1",
    "What the Debian system below a lab's node provides, by the names that EL has for it",
    noarch=True,
    provides=(
        *("/bin/sh", "/usr/bin/sh", "/usr/bin/bash", "/usr/sbin/groupadd", "bash", "bash-completion"),
        *("chrony", "conntrack-tools", "coreutils", "curl", "dnf-plugins-core", "ebtables", "ethtool"),
        *("firewalld", "gnupg2", "hostname", "ipset", "iproute", "iproute-tc", "iptables = 1.8.9"),
        *("iptables-nft", "iputils", "kmod", "libseccomp", "nftables", "openssh-server", "procps-ng"),
        *("python3", "rsync", "shadow-utils", "socat", "sudo", "systemd", "tar", "util-linux", "which"),
        *("xz", "yum-utils"),
        # What dnf takes for $releasever.
        *("system-release = 9", "system-release(releasever) = 9"),
    ),
)
