"""Reads settings that are passed on, as kubelet or kube-proxy will have them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kube.settings.models import Cluster
from kube.versions.releases import release


@dataclass(frozen=True)
class Passed:
    """Holds settings as kubelet or kube-proxy will have them.

    Args:
        values: the cluster's settings, with the host's own merged in.
        cluster: the cluster that they belong to.
        addresses: the addresses of all hosts.
        own: the host's own settings; empty for those of all hosts.
    """

    values: Mapping[str, object]
    cluster: Cluster
    addresses: Collection[str] = ()
    own: Mapping[str, object] | None = None

    @property
    def minor(self) -> int:
        """Returns the minor of the cluster's version."""
        return release(self.cluster.kubernetes).minor

    def get(self, *keys: str) -> object:
        """Returns a value; None where it is not set."""
        value: object = self.values
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def number(self, key: str, default: int) -> int:
        """Returns a whole number."""
        value = self.get(key)
        return value if isinstance(value, int) else default

    def texts(self, key: str) -> tuple[str, ...]:
        """Returns a list of texts; empty where it is not set."""
        value = self.get(key)
        return tuple(str(one) for one in value) if isinstance(value, list) else ()

    def gate(self, name: str) -> bool:
        """Returns whether the settings switch a feature gate on by its name."""
        return self.get("featureGates", name) is True
