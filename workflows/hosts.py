"""Which hosts a stage runs on, and which hosts are in the cluster already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kube.facts.cluster import KUBELET_SETTINGS
from kube.facts.membership import MEMBERSHIP, Standing
from nodewright.workflow.context import Context, Host
from roles.parts.settings_digests import kubelet_digest

Hosts = Sequence[Host[Any]]


def every_host(hosts: Hosts) -> Hosts:
    """All of the inventory."""
    return hosts


def control_planes(hosts: Hosts) -> Hosts:
    """All that run the cluster."""
    return [host for host in hosts if host.settings.control_plane]


def first_control_plane(hosts: Hosts) -> Hosts:
    """The one that starts the cluster."""
    return control_planes(hosts)[:1]


def further_control_planes(hosts: Hosts) -> Hosts:
    """Those that join."""
    return control_planes(hosts)[1:]


def workers(hosts: Hosts) -> Hosts:
    """All that carry the load."""
    return [host for host in hosts if not host.settings.control_plane]


def is_member(ctx: Context[Any]) -> bool:
    """The host is in this cluster already: its join has nothing to wait for."""
    return ctx.mine[MEMBERSHIP].standing(ctx.settings.cluster.name) is Standing.MEMBER


def kubelet_is_current(ctx: Context[Any]) -> bool:
    """Its kubelet runs with the settings of now: it has nothing to wait for either."""
    return ctx.mine[KUBELET_SETTINGS] == kubelet_digest(ctx)


def is_current_member(ctx: Context[Any]) -> bool:
    """Both."""
    return is_member(ctx) and kubelet_is_current(ctx)


def all_are_members(ctx: Context[Any]) -> bool:
    """So are all hosts that answered: what waits for joins has nothing to wait for."""
    name = ctx.settings.cluster.name
    return all(facts[MEMBERSHIP].standing(name) is Standing.MEMBER for facts in ctx.facts.values())
