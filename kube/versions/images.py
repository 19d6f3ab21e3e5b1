"""Which images there are, and what they are called behind a mirror.

A mirror maps a registry to a prefix; the path after the registry stays whole:
`registry.k8s.io/coredns/coredns:v1.12.1` → `mirror:5000/coredns/coredns:v1.12.1`.
"""

from __future__ import annotations

from collections.abc import Mapping

from kube.versions.releases import Version, images, release

#: Also for versions whose own default is k8s.gcr.io, which was frozen in 2023: all its images are here too.
#: Source: kubernetes.io, blog of 2023-02-06, "k8s.gcr.io Image Registry Will Be Frozen".
KUBERNETES_REGISTRY = "registry.k8s.io"


def normalised(image: str) -> str:
    """An image's full name, as Docker reads a short one: `nginx` → `docker.io/library/nginx`.

    Source: github.com/distribution/reference, normalize.go.
    """
    first, slash, rest = image.partition("/")
    names_registry = slash and ("." in first or ":" in first or first == "localhost")
    registry, path = (first, rest) if names_registry else ("docker.io", image)
    if registry in {"docker.io", "index.docker.io"}:
        registry, path = "docker.io", path if "/" in path else f"library/{path}"
    return f"{registry}/{path}"


def mirrored(image: str, mirrors: Mapping[str, str]) -> str:
    """The name under which to pull an image: its full name, the registry replaced where there is a mirror."""
    registry, _, path = normalised(image).partition("/")
    return f"{mirrors.get(registry, registry)}/{path}"


def kubernetes_prefix(mirrors: Mapping[str, str]) -> str:
    """What stands before `/kube-apiserver` and its like: kubeadm's imageRepository."""
    return mirrors.get(KUBERNETES_REGISTRY, KUBERNETES_REGISTRY)


def coredns_prefix(version: Version, mirrors: Mapping[str, str]) -> str:
    """What stands before `/coredns:TAG`: kubeadm's dns.imageRepository.

    From 1.21 on CoreDNS lies one level deeper, and kubeadm adds that level only to the repository that is
    its own default. Source: kubeadm's cmd/kubeadm/app/images/images.go, GetDNSImage.
    """
    prefix = kubernetes_prefix(mirrors)
    return f"{prefix}/coredns" if release(version).minor >= 21 else prefix


def pause_image(version: Version, mirrors: Mapping[str, str]) -> str:
    """The sandbox image, which runtime and kubeadm must agree upon."""
    return f"{kubernetes_prefix(mirrors)}/pause:{images(version).pause}"


def node_images(version: Version, mirrors: Mapping[str, str]) -> tuple[str, ...]:
    """What kubeadm's cluster pulls on every node, mirrored: kube-proxy and the sandbox."""
    return (f"{kubernetes_prefix(mirrors)}/kube-proxy:{version.tag}", pause_image(version, mirrors))


def control_plane_images(version: Version, mirrors: Mapping[str, str]) -> tuple[str, ...]:
    """All that `kubeadm config images list` names for a control plane with its own etcd, mirrored."""
    prefix = kubernetes_prefix(mirrors)
    components = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
    return (
        *(f"{prefix}/{component}:{version.tag}" for component in components),
        *node_images(version, mirrors),
        f"{coredns_prefix(version, mirrors)}/coredns:{images(version).coredns}",
        f"{prefix}/etcd:{images(version).etcd}",
    )
