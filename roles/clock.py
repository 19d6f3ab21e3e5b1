"""Certificates and leases need clocks that agree: chrony runs, with the servers of the inventory."""

from __future__ import annotations

from collections.abc import Iterator

from nodewright.resources import block, keeping_before, service
from nodewright.role import role
from nodewright.step import Step
from roles import NodeContext

CONFIG = "/etc/chrony.conf"


@role
def clock(ctx: NodeContext) -> Iterator[Step]:
    """The distribution's own servers stay where the inventory names none."""
    servers = ctx.settings.cluster.time_servers
    if servers:
        lines = "".join(f"server {server} iburst\n" for server in servers)
        yield keeping_before(block(CONFIG, lines, marker="nodewright"), CONFIG)
    yield service("chronyd", depends_on=[CONFIG] if servers else [])
