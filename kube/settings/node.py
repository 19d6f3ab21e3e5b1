"""Defines what a role sees as its settings."""

from __future__ import annotations

from dataclasses import dataclass

from kube.objects.addons import Addons
from kube.settings.models import Cluster, HostSettings, Mirrors, Smoke
from nodewright.errors import NodewrightError


@dataclass(frozen=True, kw_only=True)
class NodeSettings:
    """Holds what a role sees as its settings: the cluster's, and its own host's.

    Args:
        name: the host's name, which is the node's too.
        host: the host's own settings.
        control_plane: whether the host is a control plane.
        fetched: the add-ons; None until their manifests have been fetched.
        only_host: whether it is the cluster's only host, which then carries everything.
    """

    name: str
    cluster: Cluster
    mirrors: Mirrors
    smoke: Smoke
    host: HostSettings
    control_plane: bool
    only_host: bool
    fetched: Addons | None = None

    @property
    def addons(self) -> Addons:
        """Returns the add-ons that run in the cluster.

        Raises:
            NodewrightError: the caller did not fetch the manifests before it asked for steps.
        """
        if self.fetched is None:
            raise NodewrightError("the manifests of the add-ons were not fetched")
        return self.fetched

    @property
    def runtime_folder(self) -> str:
        """Returns where the runtime keeps images and containers: Docker's data-root, or containerd's root."""
        return self.cluster.runtime_folder or f"/var/lib/{self.cluster.runtime}"

    @property
    def carries_load(self) -> bool:
        """Returns whether ordinary pods may run on the host, by its taints."""
        if self.host.taints is not None:
            return all(taint.effect == "PreferNoSchedule" for taint in self.host.taints)
        return self.only_host or not self.control_plane
