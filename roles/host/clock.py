"""Certificates and leases need clocks that agree: chrony runs, with the servers of the inventory."""

from __future__ import annotations

from collections.abc import Iterator

from kube.facts.host import UNITS
from kube.paths import CHRONY
from nodewright.resources import block, restored, service, stopped
from nodewright.script.step import Step, role
from roles import NodeContext

#: Two that set one clock fight over it, and chronyd does not start beside them at boot.
OTHERS = ("ntpd.service", "systemd-timesyncd.service")


@role
def clock(ctx: NodeContext) -> Iterator[Step]:
    """The inventory's servers come besides those that the distribution set."""
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
