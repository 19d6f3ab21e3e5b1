"""Runs the container runtime that the inventory chooses."""

from __future__ import annotations

from collections.abc import Iterator

from nodewright.script.step import Step, role
from roles import NodeContext
from roles.software.containerd import containerd
from roles.software.docker import docker


@role
def runtime(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps of Docker or of containerd."""
    chosen = docker if ctx.settings.cluster.runtime == "docker" else containerd
    yield from chosen(ctx)
