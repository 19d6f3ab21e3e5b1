"""Sends what services and steps fetch from repositories and registries through the HTTP proxy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nodewright.resources import absent, drop_in, drop_in_path
from nodewright.script.shell import quote, script
from nodewright.script.step import Step
from roles import NodeContext
from roles.parts.templates import render

LABEL = "nodewright-proxy"


def proxy_of(unit: str, ctx: NodeContext) -> Iterator[Step]:
    """Yields the step that gives a unit its proxy, or takes it away; the cluster itself is reached without it."""
    content = proxy_text(ctx)
    if content is None:
        yield absent(drop_in_path(unit, LABEL), name=f"no proxy of ours for {unit}")
    else:
        yield drop_in(unit, LABEL, content, name=f"proxy of {unit}")


def proxy_text(ctx: NodeContext) -> str | None:
    """Returns the drop-in of a unit that reaches the outside through the proxy; None without a proxy."""
    variables = proxy_variables(ctx)
    # systemd expands specifiers, which begin with a percent sign: systemd.unit(5).
    escaped = {name.upper(): value.replace("%", "%%") for name, value in variables.items()}
    return render("proxy.conf.j2", variables=escaped) if variables else None


def proxy_files(unit: str, ctx: NodeContext) -> list[str]:
    """Returns the files of `proxy_of`; the unit restarts when they change."""
    return [drop_in_path(unit, LABEL)] if ctx.settings.cluster.proxy else []


def through_proxy(step: Step, ctx: NodeContext) -> Step:
    """Returns the step, changed so that its programs fetch through the proxy; dnf, yum and curl all use libcurl."""
    exports = (f"export {name}={quote(value)}" for name, value in proxy_variables(ctx).items())
    return replace(step, apply=script(*exports, step.apply))


def proxy_variables(ctx: NodeContext) -> dict[str, str]:
    """Returns the environment variables that name the proxy; empty without a proxy."""
    proxy = ctx.settings.cluster.proxy
    if proxy is None:
        return {}
    return {
        "http_proxy": proxy.http,
        "https_proxy": proxy.https or proxy.http,
        "no_proxy": ",".join(without_proxy(ctx)),
    }


def without_proxy(ctx: NodeContext) -> tuple[str, ...]:
    """Returns what is reached directly: this host, nodes, API, pods, services, and what the inventory adds."""
    cluster = ctx.settings.cluster
    return (
        *("localhost", "127.0.0.1", ".svc", f".{cluster.dns_domain}"),
        *(host.address for host in ctx.hosts.values()),
        *((cluster.api_endpoint.host,) if cluster.api_endpoint else ()),
        *(str(cluster.pod_cidr), str(cluster.service_cidr)),
        *(cluster.proxy.no_proxy if cluster.proxy else ()),
    )
