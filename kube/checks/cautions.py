"""Finds what is valid and yet may not do what was meant; nothing here needs a host."""

from __future__ import annotations

from collections.abc import Iterator

from kube.settings.models import Cluster, Mirrors
from nodewright.inventory import Finding


def cautions(cluster: Cluster, mirrors: Mirrors) -> Iterator[Finding]:
    """Yields what the user should know of settings that are let through."""
    if cluster.runtime != "docker":
        return
    for registry, mirror in mirrors.images.items():
        if registry != "docker.io":
            what = f"Docker has mirrors for docker.io alone: a pod that names {registry} itself goes past this one"
        elif mirror.flat or "/" in mirror.prefix:
            what = (
                "Docker takes no mirror below a path, nor a flat one: a pod that names docker.io goes past it"
            )
        else:
            continue
        yield Finding(
            what,
            path=("mirrors", "images", registry),
            advice="take `runtime: containerd`, which finds the mirror of every registry, or write "
            f"{mirror.prefix} in your pods",
        )
