"""Checks what a node needs around it: its address, a default route, name servers, the time, and free ports."""

from __future__ import annotations

from collections.abc import Iterator

from kube.checks.fitness import resolver_findings
from kube.checks.ports import ports_of
from kube.facts.host import RESOLVER
from kube.facts.membership import Standing
from kube.facts.ports import LISTENERS
from nodewright.errors import PreflightError, Problem
from nodewright.facts import CLOCK, MACHINE, NETWORK
from nodewright.inventory import Finding
from workflows.preflight.finding import Findings, HostContext, error_before_it_joins, standing


def address(ctx: HostContext) -> Findings:
    """Yields an error where no interface of the host has its address."""
    if not ctx.mine[NETWORK].has(ctx.host.address):
        addresses = [
            str(a.ip) for i in ctx.mine[NETWORK].interfaces for a in i.addresses if not a.ip.is_loopback
        ]
        yield PreflightError(
            f"the host has no interface with its address {ctx.host.address}",
            host=ctx.host.name,
            output=f"it has: {', '.join(addresses) or 'none'}",
            advice="`address` in the inventory is the one by which the other nodes reach it; `ssh.host` may differ",
        )


def default_route(ctx: HostContext) -> Findings:
    """Yields an error for a host without a default route for IPv4.

    The kernel looks for a route to a service's address before kube-proxy's rules see the packet. Without a route
    nothing on the host reaches a service: flannel ends, and then everything else fails.
    """
    if not ctx.mine[NETWORK].default_route:
        yield from error_before_it_joins(
            ctx,
            "the host has no default route: what runs on it reaches no service, and flannel does not start",
            advice="give it one that stays (nmcli connection modify NAME ipv4.gateway ADDRESS, then nmcli "
            "connection up NAME); it need not lead to the internet",
        )


def name_servers(ctx: HostContext) -> Iterator[Finding]:
    """Yields a finding for each problem of the name servers that pods would ask."""
    yield from resolver_findings(ctx.settings.cluster, ctx.mine[RESOLVER])


def time_source(ctx: HostContext) -> Findings:
    """Yields a warning for a host whose clock nobody sets and for which the inventory names no time source.

    A container is passed over, since its clock is its machine's.
    """
    mine = ctx.mine
    if mine[CLOCK].synchronized is not False or mine[MACHINE].container:
        return
    if not ctx.settings.cluster.time_servers:
        yield Problem(
            what="the host's clock is not synchronized, and the inventory names no time source",
            host=ctx.host.name,
            advice="name one that the host reaches in cluster.time_servers, unless `chronyc sources` shows one soon",
        )


def ports(ctx: HostContext) -> Findings:
    """Yields an error for each port that the node will need and another program holds."""
    if standing(ctx) is not Standing.BARE:
        return
    cluster = ctx.settings.cluster
    holders = {(each.protocol, each.port): each.program for each in ctx.mine[LISTENERS]}
    for port in ports_of(cluster, control_plane=ctx.settings.control_plane):
        holder = holders.get((port.protocol, port.number))
        if holder is None or f"Port-{port.number}" in cluster.ignore_preflight_errors:
            continue
        yield PreflightError(
            f"port {port.number}/{port.protocol}, which {port.user} wants, is held by {holder or 'the kernel'}",
            host=ctx.host.name,
            advice=f"stop it, or give it another port; to see it there: ss -lnp 'sport = {port.number}'",
        )
