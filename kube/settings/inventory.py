"""Defines the whole inventory of a cluster: its settings, and its hosts in two groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from kube.checks.cautions import cautions
from kube.checks.settings import findings
from kube.settings.models import Cluster, HostSettings, Mirrors, Smoke
from kube.settings.node import NodeSettings
from kube.settings.ready_mirrors import READY, ready_settings
from nodewright.inventory import Finding, InventoryModel, Text

CONTROL_PLANES = "control_planes"
WORKERS = "workers"


class Inventory(InventoryModel):
    """One cluster: its settings and its hosts."""

    groups: ClassVar[tuple[str, ...]] = (CONTROL_PLANES, WORKERS)
    one_group: ClassVar[str] = "a control plane with `taints: []` carries load as well"

    cluster: Cluster
    """What the hosts become together."""
    mirrors: Annotated[
        Mirrors,
        BeforeValidator(ready_settings, json_schema_input_type=Literal[tuple(READY)] | Mirrors),
    ] = Mirrors()
    """Where packages, images and manifests come from: your own settings, or the name of ready ones."""
    smoke: Smoke = Smoke()
    """The smoke test."""
    control_planes: Mapping[Text, HostSettings] = Field(min_length=1)
    """The hosts that run the cluster; the first one starts it."""
    workers: Mapping[Text, HostSettings] = {}
    """The hosts that carry the load."""

    def settings_of(self, group: str, host: str) -> NodeSettings:
        """Returns what roles see as `context.settings` on a host."""
        hosts: Mapping[Text, HostSettings] = getattr(self, group)
        return NodeSettings(
            name=host,
            cluster=self.cluster,
            mirrors=self.mirrors,
            smoke=self.smoke,
            host=hosts[host],
            control_plane=group == CONTROL_PLANES,
            only_host=len(self.control_planes) + len(self.workers) == 1,
        )

    def findings(self) -> Iterable[Finding]:
        """Returns contradictions between settings that are each valid by themselves."""
        return findings(self)

    def cautions(self) -> Iterable[Finding]:
        """Returns findings about settings that are valid, but may not do what was meant."""
        return cautions(self.cluster, self.mirrors)
