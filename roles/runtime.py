"""What runs the containers, as the inventory chooses."""

from __future__ import annotations

from collections.abc import Iterator

from nodewright.role import role
from nodewright.step import Step
from roles import NodeContext
from roles.containerd import containerd
from roles.docker import docker


@role
def runtime(ctx: NodeContext) -> Iterator[Step]:
    """Docker or containerd."""
    chosen = docker if ctx.settings.cluster.runtime == "docker" else containerd
    yield from chosen(ctx)
