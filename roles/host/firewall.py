"""Turns firewalld off, since its FORWARD chain rejects what goes from flannel's interface to the pods."""

from __future__ import annotations

from collections.abc import Iterator

from nodewright.resources import masked
from nodewright.script.step import Step, role
from roles import NodeContext


@role
def firewall(ctx: NodeContext) -> Iterator[Step]:
    """Yields the step that masks firewalld.

    To disable it is not enough: NetworkManager and others ask for it over D-Bus, which would start it.
    """
    yield masked("firewalld", name="firewalld off")
