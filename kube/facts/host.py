"""What a host says of itself that matters to Kubernetes, beside what the engine asks every host."""

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
    """What turns swap on.

    Args:
        units: systemd's swap units, loaded or not, those of zram-generator included.
    """

    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class SeLinux:
    """SELinux's mode.

    Args:
        now: enforcing, permissive or disabled; disabled where there is no SELinux.
    """

    now: str = "disabled"


@dataclass(frozen=True)
class Unit:
    """States of a systemd unit that the host has.

    Args:
        active: active, inactive, failed, activating, …
        enabled: enabled, disabled, static, masked, …
    """

    active: str = "inactive"
    enabled: str = ""


@dataclass(frozen=True)
class Resolver:
    """Where names are asked for.

    Args:
        nameservers: those of /etc/resolv.conf.
        upstream: those that systemd-resolved asks, where it runs; kubeadm gives these to pods then.
    """

    nameservers: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()

    @property
    def for_pods(self) -> tuple[str, ...]:
        """What pods on this host would ask through CoreDNS."""
        return self.upstream or self.nameservers


def parse_swap(text: str) -> Swap:
    """Returns the swap from lines `unit NAME`."""
    return Swap(tuple(_values(text, "unit")))


def parse_selinux(text: str) -> SeLinux:
    """Returns the mode from a line with it, in any case."""
    return SeLinux(text.strip().lower() or SeLinux.now)


def parse_units(text: str) -> Mapping[str, Unit]:
    """From `systemctl show`: blocks of KEY=VALUE, an empty line between them; absent units are left out."""
    units = {}
    for block in text.split("\n\n"):
        values = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        if values.get("LoadState") not in {None, "", "not-found"} and values.get("Id"):
            units[values["Id"]] = Unit(
                values.get("ActiveState") or Unit.active, values.get("UnitFileState") or Unit.enabled
            )
    return units


def parse_packages(text: str) -> Mapping[str, str]:
    """From lines `NAME VERSION-RELEASE`."""
    words = (line.split() for line in text.splitlines())
    return {pair[0]: pair[1] for pair in words if len(pair) == 2 and "-" in pair[1]}


def parse_resolver(text: str) -> Resolver:
    """From lines `nameserver ADDRESS` and `upstream ADDRESS`."""
    return Resolver(tuple(_values(text, "nameserver")), tuple(_values(text, "upstream")))


def parse_cgroup(text: str) -> int:
    """From the kind of the file system at /sys/fs/cgroup: 1 or 2, and 0 where it is none of theirs."""
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

#: Units whose presence or state a role asks for.
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

#: Packages whose versions a role asks for.
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

#: rpm fails when one of them is not installed; what it says of the others stands on standard output.
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

#: What every host of a cluster is asked.
FRAGMENTS: tuple[Fragment[Any], ...] = (
    *(SWAP, SELINUX, UNITS, PACKAGES, RESOLVER, CGROUP, MEMBERSHIP),
    *(EARLIER, LISTENERS, REPOSITORIES),
)
