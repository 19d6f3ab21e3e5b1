"""Settings as the tests need them: a small valid cluster, and variations of it."""

from typing import Any

from kube.settings.models import Cluster, HostSettings, Mirrors, Smoke
from kube.settings.node import NodeSettings
from kube.settings.registries import ImageMirror


def cluster(**settings: Any) -> Cluster:
    return Cluster.model_validate({"name": "test", **settings})


def mirrors(**settings: Any) -> Mirrors:
    return Mirrors.model_validate(settings)


def whole(prefix: str) -> ImageMirror:
    """A mirror that keeps the paths of images."""
    return ImageMirror(prefix=prefix)


def host(address: str, **settings: Any) -> HostSettings:
    return HostSettings.model_validate({"address": address, **settings})


def node(
    name: str = "node1",
    *,
    control_plane: bool = True,
    only_host: bool = False,
    of: Cluster | None = None,
    behind: Mirrors | None = None,
    settings: HostSettings | None = None,
) -> NodeSettings:
    return NodeSettings(
        name=name,
        cluster=of or cluster(),
        mirrors=behind or mirrors(),
        smoke=Smoke(),
        host=settings or host("192.168.56.11"),
        control_plane=control_plane,
        only_host=only_host,
    )
