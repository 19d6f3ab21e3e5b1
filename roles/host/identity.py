"""A host has the name that the inventory gives it, and knows the others by theirs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from kube.paths import HOSTS
from nodewright.resources import block, hostname
from nodewright.script.step import Step, role
from roles import NodeContext


@role
def identity(ctx: NodeContext) -> Iterator[Step]:
    """The node's name, all hosts in /etc/hosts, since names resolve even while no DNS does, and lines of the site."""
    yield hostname(ctx.host.name)
    hosts = (f"{host.address} {host.name}\n" for host in ctx.hosts.values())
    yield _known("".join([*hosts, *(f"{line}\n" for line in ctx.settings.cluster.hosts_lines)]))


@lru_cache(maxsize=8)
def _known(lines: str) -> Step:
    """The same for all hosts, so it is made once and not once for each of thousands."""
    return block(HOSTS, lines, marker="nodewright")
