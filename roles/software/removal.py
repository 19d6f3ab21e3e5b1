"""Removes the packages and repositories that provision brought."""

from __future__ import annotations

from collections.abc import Iterator

from kube.paths import PACKAGES
from nodewright.paths import REPOSITORIES, STAMPS
from nodewright.resources import absent, packages_absent
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.host.authorities import no_authorities
from roles.software.cri_dockerd import cri_dockerd_removed
from roles.software.kubernetes_files import no_kubernetes_files
from roles.software.repositories import (
    KUBERNETES_PACKAGES,
    LABELS,
    RUNTIME_PACKAGES,
    manager,
    no_other_repositories,
)


@role
def software_removed(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that remove packages and repositories that provision brought; the packages' data stay."""
    yield from cri_dockerd_removed()
    yield packages_absent(
        [*KUBERNETES_PACKAGES, *RUNTIME_PACKAGES], manager=manager(ctx), name="no packages of ours"
    )
    yield from no_kubernetes_files(ctx)
    yield from no_authorities()
    for label in LABELS:
        yield absent(f"{REPOSITORIES}/nodewright-{label}.repo")
    yield no_other_repositories(())
    yield absent(PACKAGES, tree=True)
    yield absent(STAMPS, tree=True, name="no memory of restarts")
