"""Runs chrony with the inventory's servers, since certificates and leases need clocks that agree."""

from __future__ import annotations

from collections.abc import Iterator

from kube.facts.host import UNITS
from kube.paths import CHRONY
from nodewright.resources import block, restored, service, stopped
from nodewright.script.step import Step, role
from roles import NodeContext

#: Two services that set one clock fight over it, and chronyd does not start beside these at boot.
OTHERS = ("ntpd.service", "systemd-timesyncd.service")


@role
def clock(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that run chrony; the inventory's servers are added to those of the distribution."""
    for unit in OTHERS:
        if unit in ctx.mine[UNITS]:
            yield stopped(unit)
    servers = ctx.settings.cluster.time_servers
    if not servers:
        alone = restored(CHRONY, name="no time servers of ours")
        yield alone
        yield service("chronyd", after=(alone.name,))
        return
    lines = "".join(f"server {server} iburst\n" for server in servers)
    configured = block(CHRONY, lines, marker="nodewright", name="time servers")
    yield configured
    yield service("chronyd", depends_on=[CHRONY], after=(configured.name,))
