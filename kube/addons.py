"""What runs in every cluster that nodewright makes: the pod network and the load balancer, ready to be applied."""

from __future__ import annotations

from dataclasses import dataclass

from kube.manifests import flannel, metallb, metallb_pool
from kube.objects import Applied
from kube.settings import Cluster, Mirrors


@dataclass(frozen=True, kw_only=True)
class Addons:
    """Manifests fitted to one cluster.

    Args:
        flannel: the pod network.
        metallb, pool: the load balancer and its addresses; None in a cluster without one.
    """

    flannel: Applied
    metallb: Applied | None
    pool: Applied | None

    @property
    def images(self) -> tuple[str, ...]:
        """What their pods pull on every node."""
        return (*self.flannel.images, *(self.metallb.images if self.metallb else ()))


def addons(cluster: Cluster, mirrors: Mirrors, *, flannel_text: str, metallb_text: str) -> Addons:
    """The add-ons of a cluster.

    Args:
        flannel_text, metallb_text: the published manifests, verified; the second is not read without MetalLB.

    Raises:
        ConfigurationError: a manifest is not what it should be.
    """
    return Addons(
        flannel=flannel(flannel_text, cluster, mirrors.images),
        metallb=metallb(metallb_text, mirrors.images) if cluster.metallb else None,
        pool=metallb_pool(cluster.metallb) if cluster.metallb else None,
    )
