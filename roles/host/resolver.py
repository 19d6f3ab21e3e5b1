"""Writes the inventory's name servers into /etc/resolv.conf."""

from __future__ import annotations

from collections.abc import Iterator

from kube.paths import RESOLV_CONF
from nodewright.resources import file, restored
from nodewright.script.step import Step, role
from roles import NodeContext


@role
def resolver(ctx: NodeContext) -> Iterator[Step]:
    """Yields the step that writes the name servers, or restores the file where the inventory names none.

    `network_manager` has made NetworkManager leave the file alone.
    """
    wanted = ctx.settings.cluster.resolver
    if wanted is None:
        yield restored(RESOLV_CONF, name="no name servers of ours")
    else:
        yield file(RESOLV_CONF, wanted.text, name="name servers")
