"""Writes the logins of registries to a file that root alone reads; they are in no argv and no plan."""

from __future__ import annotations

from collections.abc import Iterator

from kube.paths import REGISTRY_LOGINS
from nodewright.resources import file, restored
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.parts.registries import logins_of_docker


@role
def registry_logins(ctx: NodeContext) -> Iterator[Step]:
    """Yields the step that writes the logins; nothing restarts, since the kubelet reads them within five minutes."""
    mirrors = ctx.settings.mirrors
    if not mirrors.logins:
        yield restored(REGISTRY_LOGINS, name="no logins of registries of ours")
        return
    content = logins_of_docker(mirrors)
    yield file(REGISTRY_LOGINS, content, mode="0600", secret=True, name="logins of registries")
