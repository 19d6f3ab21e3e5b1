"""The HTTP proxy of services: what stands between the runtime and its registries."""

from __future__ import annotations

from collections.abc import Iterator

from nodewright.resources import absent, drop_in, drop_in_path
from nodewright.step import Step
from roles import NodeContext
from roles.templates import render

LABEL = "nodewright-proxy"


def proxy_of(unit: str, ctx: NodeContext) -> Iterator[Step]:
    """The unit's proxy, or none; everything of the cluster itself is reached without it."""
    content = proxy_text(ctx)
    if content is None:
        yield absent(drop_in_path(unit, LABEL), name=f"no proxy of ours for {unit}")
    else:
        yield drop_in(unit, LABEL, content, name=f"proxy of {unit}")


def proxy_text(ctx: NodeContext) -> str | None:
    """The drop-in of a unit that reaches the outside through the proxy; None without one."""
    proxy = ctx.settings.cluster.proxy
    return render("proxy.conf.j2", proxy=proxy, no_proxy=without_proxy(ctx)) if proxy else None


def proxy_files(unit: str, ctx: NodeContext) -> list[str]:
    """The files of `proxy_of`, for the unit's restart."""
    return [drop_in_path(unit, LABEL)] if ctx.settings.cluster.proxy else []


def without_proxy(ctx: NodeContext) -> tuple[str, ...]:
    """What is reached directly: this host, the nodes, pods, services, mirrors, and what the inventory adds."""
    cluster = ctx.settings.cluster
    added = cluster.proxy.no_proxy if cluster.proxy else ()
    return (
        *("localhost", "127.0.0.1", ".svc", ".cluster.local"),
        *(host.address for host in ctx.hosts.values()),
        *(str(cluster.pod_cidr), str(cluster.service_cidr)),
        *added,
    )
