"""Gives a host its name in the inventory, and makes it resolve the names of the others."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from kube.paths import HOSTS
from nodewright.resources import block, hostname
from nodewright.script.step import Step, role
from roles import NodeContext


@role
def identity(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that set the host name and write all hosts and the site's lines into /etc/hosts.

    From /etc/hosts names resolve even while DNS does not answer.
    """
    yield hostname(ctx.host.name)
    hosts = (f"{host.address} {host.name}\n" for host in ctx.hosts.values())
    yield _known("".join([*hosts, *(f"{line}\n" for line in ctx.settings.cluster.hosts_lines)]))


@lru_cache(maxsize=8)
def _known(lines: str) -> Step:
    """Returns the step that writes /etc/hosts; it is the same for all hosts, so it is made once for thousands."""
    return block(HOSTS, lines, marker="nodewright")
