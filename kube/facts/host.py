"""Asks a host what matters to Kubernetes, beside what the engine asks every host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kube.facts.earlier import EARLIER
from kube.facts.membership import MEMBERSHIP
from kube.facts.ports import LISTENERS
from kube.facts.repositories import REPOSITORIES
from nodewright.facts.fragment import Fragment


@dataclass(frozen=True)
class Swap:
    """Holds what turns swap on.

    Args:
        units: systemd's swap units, loaded or not, those of zram-generator included.
    """

    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class SeLinux:
    """Holds SELinux's mode.

    Args:
        now: enforcing, permissive or disabled; disabled where there is no SELinux.
    """

    now: str = "disabled"


@dataclass(frozen=True)
class Unit:
    """Holds the states of a systemd unit that the host has.

    Args:
        active: active, inactive, failed, activating, …
        enabled: enabled, disabled, static, masked, …
    """

    active: str = "inactive"
    enabled: str = ""


@dataclass(frozen=True)
class Resolver:
    """Holds the name servers of a host.

    Args:
        nameservers: the name servers in /etc/resolv.conf.
        upstream: the name servers that systemd-resolved asks, where it runs; kubeadm then gives these to pods.
    """

    nameservers: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()

    @property
    def for_pods(self) -> tuple[str, ...]:
        """Returns the name servers that pods on this host would ask through CoreDNS."""
        return self.upstream or self.nameservers


def parse_swap(text: str) -> Swap:
    """Reads the swap units from lines `unit NAME`."""
    return Swap(tuple(_values(text, "unit")))


def parse_selinux(text: str) -> SeLinux:
    """Reads the mode from one line, in upper or lower case."""
    return SeLinux(text.strip().lower() or SeLinux.now)


def parse_units(text: str) -> Mapping[str, Unit]:
    """Reads what `systemctl show` prints: blocks of KEY=VALUE with an empty line between them; skips absent units."""
    units = {}
    for block in text.split("\n\n"):
        values = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        if values.get("LoadState") not in {None, "", "not-found"} and values.get("Id"):
            units[values["Id"]] = Unit(
                values.get("ActiveState") or Unit.active, values.get("UnitFileState") or Unit.enabled
            )
    return units


def parse_packages(text: str) -> Mapping[str, str]:
    """Reads versions from lines `NAME VERSION-RELEASE`."""
    words = (line.split() for line in text.splitlines())
    return {pair[0]: pair[1] for pair in words if len(pair) == 2 and "-" in pair[1]}


def parse_resolver(text: str) -> Resolver:
    """Reads name servers from lines `nameserver ADDRESS` and `upstream ADDRESS`."""
    return Resolver(tuple(_values(text, "nameserver")), tuple(_values(text, "upstream")))


def parse_cgroup(text: str) -> int:
    """Returns the version of cgroups, 1 or 2, by the kind of the file system at /sys/fs/cgroup; 0 for any other."""
    return {"tmpfs": 1, "cgroup2fs": 2}.get(text.strip(), 0)


def _values(text: str, key: str) -> Iterator[str]:
    for line in text.splitlines():
        first, _, rest = line.strip().partition(" ")
        if first == key and rest.strip():
            yield rest.strip()


SWAP = Fragment(
    "swap",
    """systemctl list-units --type=swap --all --plain --no-legend --full >"$nw_tmp/swap"
sed -n 's/^[^[:alnum:]]*\\([^ ]*\\.swap\\) .*/unit \\1/p' "$nw_tmp/swap"
""",
    parse_swap,
)

SELINUX = Fragment(
    "selinux",
    """if command -v getenforce >/dev/null; then
    getenforce
fi""",
    parse_selinux,
)

#: Roles need to know whether these units exist, or their state.
CONCERNING_UNITS = (
    "NetworkManager.service",
    "chronyd.service",
    "containerd.service",
    "cri-docker.service",
    "cri-docker.socket",
    "crio.service",
    "docker.service",
    "docker.socket",
    "firewalld.service",
    "kubelet.service",
    "nm-cloud-setup.service",
    "nm-cloud-setup.timer",
    "ntpd.service",
    "systemd-resolved.service",
    "systemd-timesyncd.service",
)

UNITS = Fragment(
    "units",
    f"systemctl show --property=Id,LoadState,ActiveState,UnitFileState {' '.join(CONCERNING_UNITS)}",
    parse_units,
)

#: Roles and checks need to know the versions of these packages.
CONCERNING_PACKAGES = (
    "buildah",
    "container-selinux",
    "containerd.io",
    "cri-dockerd",
    "crun",
    "docker",
    "cri-tools",
    "docker-ce",
    "docker-ce-cli",
    "kubeadm",
    "kubectl",
    "kubelet",
    "kubernetes-cni",
    "podman",
    "podman-docker",
    "runc",
)

#: rpm fails when a package is not installed, but prints the others' versions on standard output all the same.
PACKAGES = Fragment(
    "packages",
    f"""rpm --query --queryformat '%{{NAME}} %{{VERSION}}-%{{RELEASE}}\\n' \\
    {" ".join(CONCERNING_PACKAGES)} || true""",
    parse_packages,
)

RESOLVER = Fragment(
    "resolver",
    """sed -n 's/^ *nameserver  */nameserver /p' /etc/resolv.conf
if systemctl is-active --quiet systemd-resolved; then
    sed -n 's/^ *nameserver  */upstream /p' /run/systemd/resolve/resolv.conf
fi""",
    parse_resolver,
)

CGROUP = Fragment("cgroup", "stat -f -c %T /sys/fs/cgroup", parse_cgroup)

#: Every host of a cluster is asked these.
FRAGMENTS: tuple[Fragment[Any], ...] = (
    *(SWAP, SELINUX, UNITS, PACKAGES, RESOLVER, CGROUP, MEMBERSHIP),
    *(EARLIER, LISTENERS, REPOSITORIES),
)
