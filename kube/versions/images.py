"""Lists the images of a cluster, and says what they are called in a mirror.

A mirror replaces the registry by a prefix. The path after the registry stays whole:
`registry.k8s.io/coredns/coredns:v1.12.1` → `mirror:5000/coredns/coredns:v1.12.1`. In a flat mirror only the path's
last name stays: → `mirror/google_containers/coredns:v1.12.1`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from kube.versions.releases import Version, images, release

#: It also serves versions whose own default is k8s.gcr.io, which was frozen in 2023: it has all images of that one.
#: Source: kubernetes.io, blog of 2023-02-06, "k8s.gcr.io Image Registry Will Be Frozen".
KUBERNETES_REGISTRY = "registry.k8s.io"


class Mirror(Protocol):
    """Describes a mirror, which has the images of a registry."""

    @property
    def prefix(self) -> str:
        """Returns HOST[:PORT][/PATH], which stands before an image's path."""

    @property
    def flat(self) -> bool:
        """Returns whether all images lie side by side, named by the last name of their path."""


Mirrors = Mapping[str, Mirror]


def normalised(image: str) -> str:
    """Returns an image's full name, as Docker reads a short one: `nginx` → `docker.io/library/nginx`.

    Source: github.com/distribution/reference, normalize.go.
    """
    first, slash, rest = image.partition("/")
    names_registry = slash and ("." in first or ":" in first or first == "localhost")
    registry, path = (first, rest) if names_registry else ("docker.io", image)
    if registry in {"docker.io", "index.docker.io"}:
        registry, path = "docker.io", path if "/" in path else f"library/{path}"
    return f"{registry}/{path}"


def mirrored(image: str, mirrors: Mirrors) -> str:
    """Returns the name to pull an image by: its full name, with the registry replaced where it has a mirror."""
    registry, _, path = normalised(image).partition("/")
    mirror = mirrors.get(registry)
    if mirror is None:
        return f"{registry}/{path}"
    return f"{mirror.prefix}/{path.rpartition('/')[2] if mirror.flat else path}"


def kubernetes_prefix(mirrors: Mirrors) -> str:
    """Returns the prefix of `/kube-apiserver` and the like: kubeadm's imageRepository."""
    mirror = mirrors.get(KUBERNETES_REGISTRY)
    return mirror.prefix if mirror else KUBERNETES_REGISTRY


def coredns_prefix(version: Version, mirrors: Mirrors) -> str:
    """Returns the prefix of `/coredns:TAG`: kubeadm's dns.imageRepository.

    From 1.21 on CoreDNS lies one level deeper, except in a flat mirror. kubeadm adds that level only to its own
    default repository. Source: kubeadm's cmd/kubeadm/app/images/images.go, GetDNSImage.
    """
    name = "coredns" if release(version).minor < 21 else "coredns/coredns"
    return mirrored(f"{KUBERNETES_REGISTRY}/{name}", mirrors).rpartition("/")[0]


def pause_image(version: Version, mirrors: Mirrors) -> str:
    """Returns the sandbox image, which must be the same for runtime and kubeadm."""
    return f"{kubernetes_prefix(mirrors)}/pause:{images(version).pause}"


def node_images(version: Version, mirrors: Mirrors) -> tuple[str, ...]:
    """Returns the images that kubeadm's cluster pulls on every node, mirrored: kube-proxy and the sandbox."""
    return (f"{kubernetes_prefix(mirrors)}/kube-proxy:{version.tag}", pause_image(version, mirrors))


def control_plane_images(version: Version, mirrors: Mirrors) -> tuple[str, ...]:
    """Returns all images that `kubeadm config images list` names for a control plane with its own etcd, mirrored."""
    prefix = kubernetes_prefix(mirrors)
    components = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
    return (
        *(f"{prefix}/{component}:{version.tag}" for component in components),
        *node_images(version, mirrors),
        f"{coredns_prefix(version, mirrors)}/coredns:{images(version).coredns}",
        f"{prefix}/etcd:{images(version).etcd}",
    )
