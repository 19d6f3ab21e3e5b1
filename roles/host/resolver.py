"""The name servers of the inventory, which nobody overwrites."""

from __future__ import annotations

from collections.abc import Iterator

from kube.paths import RESOLV_CONF
from nodewright.resources import file, restored
from nodewright.script.step import Step, role
from roles import NodeContext


@role
def resolver(ctx: NodeContext) -> Iterator[Step]:
    """NetworkManager has been told before to keep away: see `network_manager`."""
    wanted = ctx.settings.cluster.resolver
    if wanted is None:
        yield restored(RESOLV_CONF, name="no name servers of ours")
    else:
        yield file(RESOLV_CONF, wanted.text, name="name servers")
