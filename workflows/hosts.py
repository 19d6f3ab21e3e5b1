"""Says which hosts a stage runs on, and which hosts are in the cluster already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kube.facts.cluster import KUBELET_SETTINGS
from kube.facts.membership import MEMBERSHIP, Standing
from nodewright.workflow.context import Context, Host
from roles.parts.settings_digests import kubelet_digest

Hosts = Sequence[Host[Any]]


def every_host(hosts: Hosts) -> Hosts:
    """Returns all hosts of the inventory."""
    return hosts


def control_planes(hosts: Hosts) -> Hosts:
    """Returns the control planes."""
    return [host for host in hosts if host.settings.control_plane]


def first_control_plane(hosts: Hosts) -> Hosts:
    """Returns the control plane that starts the cluster."""
    return control_planes(hosts)[:1]


def further_control_planes(hosts: Hosts) -> Hosts:
    """Returns the control planes that join."""
    return control_planes(hosts)[1:]


def workers(hosts: Hosts) -> Hosts:
    """Returns the hosts that are no control planes."""
    return [host for host in hosts if not host.settings.control_plane]


def is_member(ctx: Context[Any]) -> bool:
    """Returns whether the host is in this cluster already, so its join has nothing to wait for."""
    return ctx.mine[MEMBERSHIP].standing(ctx.settings.cluster.name) is Standing.MEMBER


def kubelet_is_current(ctx: Context[Any]) -> bool:
    """Returns whether the host's kubelet runs with the current settings, so it has nothing to wait for."""
    return ctx.mine[KUBELET_SETTINGS] == kubelet_digest(ctx)


def is_current_member(ctx: Context[Any]) -> bool:
    """Returns whether the host is in this cluster and its kubelet runs with the current settings."""
    return is_member(ctx) and kubelet_is_current(ctx)


def all_are_members(ctx: Context[Any]) -> bool:
    """Returns whether every host that answered is already a member, so no job waits for joins."""
    name = ctx.settings.cluster.name
    return all(facts[MEMBERSHIP].standing(name) is Standing.MEMBER for facts in ctx.facts.values())
