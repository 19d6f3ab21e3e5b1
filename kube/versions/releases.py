"""Holds what changed from one Kubernetes release to the next: one table, and the rules read off it.

Each rule names its source:
[1] minikube's constants_kubeadm_images.go: `kubeadm config images list` of every release since 1.16;
[2] kubeadm's cmd/kubeadm/app/constants/constants.go of the release;
[3] kubernetes.io, "Version Skew Policy";
[4] Kubernetes' CHANGELOG of the named release.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

_PATTERN = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")


@dataclass(frozen=True, order=True)
class Version:
    """Holds a released version of Kubernetes, such as 1.34.2; compares by number, prints without the `v`."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `1.34.2` or `v1.34.2`.

        Raises:
            ValueError: anything else, pre-releases and versions without a patch number included.
        """
        match = _PATTERN.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"`{text}` is no version of the form 1.34.2")
        return cls(*(int(part) for part in match.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @property
    def tag(self) -> str:
        """Returns the git and image tag, `v1.34.2`."""
        return f"v{self}"

    @property
    def line(self) -> str:
        """Returns the minor's name, `1.34`, as the package repositories use it."""
        return f"{self.major}.{self.minor}"

    def upgrade_problem(self, new: Version) -> str | None:
        """Returns why kubeadm cannot upgrade a cluster of this version to `new`; None when it can [3]."""
        if new < self:
            return f"{new} is older than the cluster's {self}: kubeadm has no downgrade"
        if new.minor > self.minor + 1:
            return f"kubeadm upgrades one minor at a time: 1.{self.minor + 1} comes before {new.line}"
        return None


@dataclass(frozen=True)
class Images:
    """Holds the images that kubeadm wants beside Kubernetes' own, from one release on.

    Args:
        since: the first release that wants them.
        pause, etcd, coredns: the tags of these images.
    """

    since: Version
    pause: str
    etcd: str
    coredns: str


@dataclass(frozen=True)
class Release:
    """Holds one row of the table: what is particular to a minor.

    Args:
        minor: 34 for 1.34.
        kubeadm_api: the newest version of kubeadm's configuration that every patch of the minor reads [4]:
            v1beta1 from 1.13, v1beta2 from 1.15, v1beta3 from 1.22, v1beta4 from 1.31.
        docker: the newest Docker that the minor was validated with, where dockershim ties it to one [4]; None
            where cri-dockerd takes any.
    """

    minor: int
    kubeadm_api: str
    docker: str | None

    @property
    def line(self) -> str:
        """Returns the minor's name, `1.34`."""
        return f"1.{self.minor}"

    @property
    def dockershim(self) -> bool:
        """Returns whether the kubelet talks to Docker itself; from 1.24 on cri-dockerd does [4: 1.24]."""
        return self.minor < 24

    @property
    def public_packages(self) -> bool:
        """Returns whether pkgs.k8s.io has packages; it starts at 1.24, and the one before it ended in March 2024.

        Source: kubernetes.io, blog of 2023-08-15, "pkgs.k8s.io: Introducing …".
        """
        return self.minor >= 24

    @property
    def arguments_are_lists(self) -> bool:
        """Returns whether extraArgs are lists of name and value, not maps [kubeadm-config.v1beta4]."""
        return self.kubeadm_api == "v1beta4"

    @property
    def certificate_key_in_configuration(self) -> bool:
        """Returns whether control planes can join by a certificate key in the configuration: from v1beta2 on.

        1.14 has it as experimental flags only; 1.13 wants certificates copied by hand [4: 1.14, 1.15].
        """
        return self.minor >= 15

    @property
    def patches_kubelet(self) -> bool:
        """Returns whether kubeadm takes a patch for one node's kubelet configuration [4: 1.25]."""
        return self.minor >= 25

    @property
    def control_plane_labels(self) -> tuple[str, ...]:
        """Returns the labels that kubeadm gives to a control plane's node [4: 1.20, 1.21, 1.24].

        The last one keeps load balancers away; MetalLB 0.14 and newer honours it (kubernetes#98269).
        """
        labels = []
        if self.minor < 24:
            labels.append("node-role.kubernetes.io/master")
        if self.minor >= 20:
            labels.append("node-role.kubernetes.io/control-plane")
        if self.minor >= 21:
            labels.append(EXCLUDE_FROM_LOAD_BALANCERS)
        return tuple(labels)

    @property
    def readiness_path(self) -> str:
        """Returns the path at which the API server says that it is ready; /readyz exists since 1.16 [4: 1.16]."""
        return "/readyz" if self.minor >= 16 else "/healthz"

    @property
    def applies_on_the_server(self) -> bool:
        """Returns whether kubectl has `apply --server-side`, and the API behind it exists [4: 1.18]."""
        return self.minor >= 18

    def wants_crictl(self, runtime: str) -> bool:
        """Returns whether kubeadm's preflight fails without crictl: up to 1.30, but for dockershim.

        Source: kubernetes/kubeadm#3064 and kubernetes#124685, which took kubeadm from crictl to the CRI's own API.
        """
        return self.minor < 31 and not (runtime == "docker" and self.dockershim)

    @property
    def restarts_rollouts(self) -> bool:
        """Returns whether kubectl has `rollout restart` [4: 1.15]."""
        return self.minor >= 15

    @property
    def upgrades_nodes_by_phases(self) -> bool:
        """Returns whether kubeadm has `upgrade node phase kubelet-config`, before `upgrade node config` [4: 1.15]."""
        return self.minor >= 15

    @property
    def kubelet_config_map(self) -> str:
        """Returns the name of the ConfigMap in kube-system with the kubelets' configuration [4: 1.24]."""
        return f"kubelet-config-{self.line}" if self.minor < 24 else "kubelet-config"

    @property
    def kernel_floor(self) -> tuple[int, int]:
        """Returns the oldest kernel that kubeadm's preflight accepts: 4.19 in 1.32 and 1.33 (system-validators 1.9).

        From 1.34 on it only warns (system-validators 1.10.1, pull request 50).
        """
        return (4, 19) if self.minor in (32, 33) else (3, 10)

    @property
    def kernel_ceiling(self) -> int | None:
        """Returns the first major version of the kernel that kubeadm's preflight refuses.

        1.13 accepts only 3 and 4: cmd/kubeadm/app/util/system/types_unix.go of 1.13.0 and 1.14.0.
        """
        return 5 if self.minor < 14 else None

    @property
    def kernel_advised(self) -> tuple[int, int] | None:
        """Returns the oldest kernel that kubeadm does not warn of: 5.4 from 1.34 on (system-validators 1.10.1)."""
        return (5, 4) if self.minor >= 34 else None

    @property
    def control_plane_ports(self) -> tuple[int, int]:
        """Returns the ports of scheduler and controller manager that kubeadm checks.

        Source: cmd/kubeadm/app/preflight/checks.go of 1.16.0 and 1.17.0.
        """
        return (10259, 10257) if self.minor >= 17 else (10251, 10252)

    @property
    def knows_cgroup_v2(self) -> bool:
        """Returns whether the kubelet runs on cgroup v2 [4: 1.19]: pkg/kubelet/cm/cgroup_manager_linux.go."""
        return self.minor >= 19

    @property
    def refuses_cgroup_v1(self) -> bool:
        """Returns whether kubelet and preflight refuse cgroup v1, unless failCgroupV1 is false.

        Source: system-validators#59.
        """
        return self.minor >= 35


EXCLUDE_FROM_LOAD_BALANCERS = "node.kubernetes.io/exclude-from-external-load-balancers"

#: Lists the oldest minor first, without a gap.
RELEASES = (
    Release(13, "v1beta1", "18.06.1"),
    Release(14, "v1beta1", "18.09.9"),
    Release(15, "v1beta2", "18.09.9"),
    Release(16, "v1beta2", "18.09.9"),
    Release(17, "v1beta2", "19.03.15"),
    Release(18, "v1beta2", "19.03.15"),
    Release(19, "v1beta2", "19.03.15"),
    Release(20, "v1beta2", "19.03.15"),
    Release(21, "v1beta2", "20.10.24"),
    Release(22, "v1beta3", "20.10.24"),
    Release(23, "v1beta3", "20.10.24"),
    Release(24, "v1beta3", None),
    Release(25, "v1beta3", None),
    Release(26, "v1beta3", None),
    Release(27, "v1beta3", None),
    Release(28, "v1beta3", None),
    Release(29, "v1beta3", None),
    Release(30, "v1beta3", None),
    Release(31, "v1beta4", None),
    Release(32, "v1beta4", None),
    Release(33, "v1beta4", None),
    Release(34, "v1beta4", None),
    Release(35, "v1beta4", None),
    Release(36, "v1beta4", None),
)

OLDEST, NEWEST = RELEASES[0], RELEASES[-1]

#: Each row holds until the next [1][2]; a patch release newer than the last row is assumed to want the same.
IMAGES = (
    Images(Version(1, 13, 0), pause="3.1", etcd="3.2.24", coredns="1.2.6"),
    Images(Version(1, 14, 0), pause="3.1", etcd="3.3.10", coredns="1.3.1"),
    Images(Version(1, 15, 0), pause="3.1", etcd="3.3.10", coredns="1.3.1"),
    Images(Version(1, 16, 0), pause="3.1", etcd="3.3.15-0", coredns="1.6.2"),
    Images(Version(1, 17, 0), pause="3.1", etcd="3.4.3-0", coredns="1.6.5"),
    Images(Version(1, 18, 0), pause="3.2", etcd="3.4.3-0", coredns="1.6.7"),
    Images(Version(1, 19, 0), pause="3.2", etcd="3.4.9-1", coredns="1.7.0"),
    Images(Version(1, 19, 1), pause="3.2", etcd="3.4.13-0", coredns="1.7.0"),
    Images(Version(1, 20, 0), pause="3.2", etcd="3.4.13-0", coredns="1.7.0"),
    Images(Version(1, 21, 0), pause="3.4.1", etcd="3.4.13-0", coredns="v1.8.0"),
    Images(Version(1, 22, 0), pause="3.5", etcd="3.5.0-0", coredns="v1.8.4"),
    Images(Version(1, 22, 17), pause="3.5", etcd="3.5.6-0", coredns="v1.8.4"),
    Images(Version(1, 23, 0), pause="3.6", etcd="3.5.1-0", coredns="v1.8.6"),
    Images(Version(1, 23, 14), pause="3.6", etcd="3.5.5-0", coredns="v1.8.6"),
    Images(Version(1, 23, 15), pause="3.6", etcd="3.5.6-0", coredns="v1.8.6"),
    Images(Version(1, 24, 0), pause="3.7", etcd="3.5.3-0", coredns="v1.8.6"),
    Images(Version(1, 24, 8), pause="3.7", etcd="3.5.5-0", coredns="v1.8.6"),
    Images(Version(1, 24, 9), pause="3.7", etcd="3.5.6-0", coredns="v1.8.6"),
    Images(Version(1, 25, 0), pause="3.8", etcd="3.5.4-0", coredns="v1.9.3"),
    Images(Version(1, 25, 4), pause="3.8", etcd="3.5.5-0", coredns="v1.9.3"),
    Images(Version(1, 25, 5), pause="3.8", etcd="3.5.6-0", coredns="v1.9.3"),
    Images(Version(1, 25, 15), pause="3.8", etcd="3.5.9-0", coredns="v1.9.3"),
    Images(Version(1, 26, 0), pause="3.9", etcd="3.5.6-0", coredns="v1.9.3"),
    Images(Version(1, 26, 10), pause="3.9", etcd="3.5.9-0", coredns="v1.9.3"),
    Images(Version(1, 26, 13), pause="3.9", etcd="3.5.10-0", coredns="v1.9.3"),
    Images(Version(1, 27, 0), pause="3.9", etcd="3.5.7-0", coredns="v1.10.1"),
    Images(Version(1, 27, 7), pause="3.9", etcd="3.5.9-0", coredns="v1.10.1"),
    Images(Version(1, 27, 10), pause="3.9", etcd="3.5.10-0", coredns="v1.10.1"),
    Images(Version(1, 27, 12), pause="3.9", etcd="3.5.12-0", coredns="v1.10.1"),
    Images(Version(1, 28, 0), pause="3.9", etcd="3.5.9-0", coredns="v1.10.1"),
    Images(Version(1, 28, 6), pause="3.9", etcd="3.5.10-0", coredns="v1.10.1"),
    Images(Version(1, 28, 8), pause="3.9", etcd="3.5.12-0", coredns="v1.10.1"),
    Images(Version(1, 28, 14), pause="3.9", etcd="3.5.15-0", coredns="v1.10.1"),
    Images(Version(1, 29, 0), pause="3.9", etcd="3.5.10-0", coredns="v1.11.1"),
    Images(Version(1, 29, 3), pause="3.9", etcd="3.5.12-0", coredns="v1.11.1"),
    Images(Version(1, 29, 9), pause="3.9", etcd="3.5.15-0", coredns="v1.11.1"),
    Images(Version(1, 29, 11), pause="3.9", etcd="3.5.16-0", coredns="v1.11.1"),
    Images(Version(1, 30, 0), pause="3.9", etcd="3.5.12-0", coredns="v1.11.1"),
    Images(Version(1, 30, 5), pause="3.9", etcd="3.5.15-0", coredns="v1.11.3"),
    Images(Version(1, 31, 0), pause="3.10", etcd="3.5.15-0", coredns="v1.11.1"),
    Images(Version(1, 31, 1), pause="3.10", etcd="3.5.15-0", coredns="v1.11.3"),
    Images(Version(1, 31, 14), pause="3.10", etcd="3.5.24-0", coredns="v1.11.3"),
    Images(Version(1, 32, 0), pause="3.10", etcd="3.5.16-0", coredns="v1.11.3"),
    Images(Version(1, 32, 10), pause="3.10", etcd="3.5.24-0", coredns="v1.11.3"),
    Images(Version(1, 33, 0), pause="3.10", etcd="3.5.21-0", coredns="v1.12.0"),
    Images(Version(1, 33, 6), pause="3.10", etcd="3.5.24-0", coredns="v1.12.0"),
    Images(Version(1, 34, 0), pause="3.10.1", etcd="3.6.4-0", coredns="v1.12.1"),
    Images(Version(1, 34, 2), pause="3.10.1", etcd="3.6.5-0", coredns="v1.12.1"),
    Images(Version(1, 35, 0), pause="3.10.1", etcd="3.6.6-0", coredns="v1.13.1"),
    Images(Version(1, 36, 0), pause="3.10.2", etcd="3.6.8-0", coredns="v1.14.2"),
)


def known(version: Version) -> bool:
    """Returns whether the table has the version's minor."""
    return version.major == 1 and OLDEST.minor <= version.minor <= NEWEST.minor


def release(version: Version) -> Release:
    """Returns the table's row for a version.

    Raises:
        KeyError: the version is not `known`.
    """
    if not known(version):
        raise KeyError(str(version))
    return RELEASES[version.minor - OLDEST.minor]


def images(version: Version) -> Images:
    """Returns the tags that kubeadm of exactly this version wants for pause, etcd and CoreDNS.

    Raises:
        KeyError: the version is not `known`.
    """
    if not known(version):
        raise KeyError(str(version))
    return next(row for row in reversed(IMAGES) if row.since <= version)


def kubernetes_cni_package(version: Version) -> str | None:
    """Returns the version of the package kubernetes-cni to install with kubelet; None when the newest fits.

    kubelet up to 1.13.4 requires exactly 0.6.0, and a package manager offers the newest (kubernetes#75683).
    """
    return "0.6.0" if version < Version(1, 13, 5) else None


@dataclass(frozen=True)
class DockerPackages:
    """Describes how Docker's repository packs a version of Docker.

    Args:
        version: the version as its packages have it.
        whole: whether client, daemon and containerd are one package, docker-ce.
    """

    version: str
    whole: bool


def docker_packages(version: str) -> DockerPackages:
    """Returns how Docker's repository packs a version.

    Up to 18.06 Docker was one package, with `.ce` in its version; 18.09 moved client and containerd to packages of
    their own. Source: docs.docker.com, release notes of Docker Engine 18.09.

    Args:
        version: `29.0.1`, also with a release, `29.0.1-1.el9`; empty for the newest.
    """
    numbers = re.match(r"(\d+)\.(\d+)", version)
    whole = numbers is not None and (int(numbers[1]), int(numbers[2])) < (18, 9)
    if whole:
        version = re.sub(r"^(\d+\.\d+\.\d+)(?!\.ce)", r"\1.ce", version)
    return DockerPackages(version, whole)


#: Maps a major of Enterprise Linux to the oldest Docker with packages for it; 7 has all that were ever built.
#: Sources (2026-11-25): kubespray's roles/container-engine/docker/vars/redhat.yml for 8, which has 19.03 and not
#: 18.09; moby#43565 for 9; docker/docs#22635 for 10, built from May 2025 on.
_DOCKER_BUILDS = {8: (19, 3), 9: (20, 10), 10: (28, 0)}
#: Holds the first Docker that runs on cgroup v2: docs.docker.com, release notes of Docker Engine 20.10.
_DOCKER_OF_CGROUP_V2 = (20, 10)


def docker_build_problem(version: str, major: int) -> str | None:
    """Returns why Docker's repository has no package of a version for an Enterprise Linux; None where it may.

    Args:
        version: `29.0.1`; a text that is not a version passes.
        major: 8 for EL 8.
    """
    numbers = re.match(r"(\d+)\.(\d+)", version)
    oldest = _DOCKER_BUILDS.get(major)
    if numbers is None or oldest is None or (int(numbers[1]), int(numbers[2])) >= oldest:
        return None
    return f"Docker {version} was never built for EL {major}: the oldest there is {oldest[0]}.{oldest[1]:02}"


def docker_knows_cgroup_v2(version: str) -> bool:
    """Returns whether a version of Docker runs on cgroup v2; true for a text that is not a version."""
    numbers = re.match(r"(\d+)\.(\d+)", version)
    return numbers is None or (int(numbers[1]), int(numbers[2])) >= _DOCKER_OF_CGROUP_V2


def cri_socket(version: Version, runtime: str) -> str:
    """Returns the socket through which kubelet and kubeadm reach the runtime (`docker` or `containerd`).

    Before 1.24 paths have no scheme: kubeadm passes them to crictl unchanged, and recognizes Docker by comparing the
    text with dockershim's path [2].
    """
    shim = release(version).dockershim
    if runtime == "docker":
        return "/var/run/dockershim.sock" if shim else "unix:///run/cri-dockerd.sock"
    path = "/run/containerd/containerd.sock"
    return path if shim else f"unix://{path}"
