"""Prepares the pod network and the load balancer of a cluster, so that they can be applied."""

from __future__ import annotations

from dataclasses import dataclass

from kube.objects.manifest import Applied
from kube.objects.published import flannel, metallb
from kube.settings.models import Cluster, Manifest, Mirrors, OwnManifest
from kube.versions.addons import FLANNEL, METALLB, Addon, fitting


@dataclass(frozen=True, kw_only=True)
class Addons:
    """Holds the add-ons' manifests, fitted to one cluster.

    Args:
        flannel: the pod network.
        definitions, pool, metallb: what the load balancer's addresses need, the addresses, and the load
            balancer itself; None in a cluster without one.
    """

    flannel: Applied
    definitions: Applied | None = None
    pool: Applied | None = None
    metallb: Applied | None = None

    @property
    def images(self) -> tuple[str, ...]:
        """Returns the images that the add-ons' pods pull on any node."""
        return (*self.flannel.images, *(self.metallb.images if self.metallb else ()))

    @property
    def images_everywhere(self) -> tuple[str, ...]:
        """Returns the images of pods that run on every node, whatever its taints."""
        return (*self.flannel.images, *(self.metallb.images_everywhere if self.metallb else ()))


def sources(cluster: Cluster, mirrors: Mirrors) -> tuple[Manifest, Manifest]:
    """Returns the sources of flannel's and MetalLB's manifests: the inventory's, else those that fit the version."""
    own, version = mirrors.manifests, cluster.kubernetes
    return (
        _source(own.flannel, fitting(FLANNEL, version)),
        _source(own.metallb, fitting(METALLB, version)),
    )


def _source(own: OwnManifest, published: Addon) -> Manifest:
    return Manifest(url=own.url or published.url, sha256=own.sha256 or published.sha256)


def addons(cluster: Cluster, mirrors: Mirrors, *, flannel_text: str, metallb_text: str) -> Addons:
    """Returns the add-ons of a cluster.

    Args:
        flannel_text, metallb_text: the published manifests, verified; the second is not read without MetalLB.

    Raises:
        ConfigurationError: a manifest is not what it should be.
    """
    network = flannel(flannel_text, cluster, mirrors.images)
    if cluster.metallb is None:
        return Addons(flannel=network)
    balancer = metallb(metallb_text, cluster, cluster.metallb, mirrors.images)
    return Addons(
        flannel=network, definitions=balancer.definitions, pool=balancer.pool, metallb=balancer.rest
    )
