"""Puts cri-dockerd between the kubelet and Docker, from its release archive or from a package.

The archive holds the program alone, so the units are ours. A package brings both, and gets a drop-in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kube.paths import CRI_DOCKERD as PROGRAM
from kube.settings.models import PackageFile
from kube.versions.cri_dockerd import MEMBER, cri_dockerd
from kube.versions.images import pause_image
from kube.versions.releases import release
from nodewright.errors import ConfigurationError
from nodewright.facts import KERNEL
from nodewright.paths import PROGRAMS, UNITS
from nodewright.resources import (
    absent,
    drop_in,
    drop_in_path,
    restored,
    service,
    stopped,
    unit_file,
    unpacked,
)
from nodewright.script.shell import script
from nodewright.script.step import Step
from roles import NodeContext
from roles.parts.proxy import through_proxy
from roles.parts.templates import render

_SERVICE, _SOCKET = "cri-docker.service", "cri-docker.socket"
_DROP_IN = "nodewright"


@dataclass(frozen=True)
class Archive:
    """Holds the URL and the checksum of a release archive."""

    url: str
    sha256: str


def uses_cri_dockerd(ctx: NodeContext) -> bool:
    """Returns whether cri-dockerd stands between the kubelet and Docker."""
    cluster = ctx.settings.cluster
    return cluster.runtime == "docker" and not release(cluster.kubernetes).dockershim


def archive(ctx: NodeContext) -> Archive | None:
    """Returns the archive that this host takes cri-dockerd from; None where it takes a package or needs neither."""
    source = ctx.settings.mirrors.packages.cri_dockerd
    if not uses_cri_dockerd(ctx):
        return None
    if source is None:
        versions = ctx.settings.cluster.package_versions
        chosen = cri_dockerd(versions.docker or "", versions.cri_dockerd)
        if chosen is None:
            raise ConfigurationError(
                "there is no cri-dockerd for this Docker; the inventory's check says why"
            )
        return Archive(*chosen.archive(ctx.mine[KERNEL].machine))
    return Archive(source.url, source.sha256) if isinstance(source, PackageFile) and source.archive else None


def cri_dockerd_program(ctx: NodeContext) -> Iterator[Step]:
    """Yields the step that puts the archive's program in its place, once it has run on this machine."""
    source = archive(ctx)
    if source is None:
        return
    step = unpacked(
        source.url,
        MEMBER,
        PROGRAM,
        sha256=source.sha256,
        mode="0755",
        validate=script('chmod 0755 "$temporary"', '"$temporary" --version'),
        name=f"cri-dockerd from {source.url}",
    )
    yield through_proxy(step, ctx)


def cri_dockerd_service(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that run cri-dockerd; its service restarts when its program, package or units changed."""
    cluster, mirrors = ctx.settings.cluster, ctx.settings.mirrors
    pause = pause_image(cluster.kubernetes, mirrors.images)
    if archive(ctx) is None:
        configured = [
            *(restored(f"{UNITS}/{unit}") for unit in (_SERVICE, _SOCKET)),
            drop_in(_SERVICE, _DROP_IN, render("cri-docker.conf.j2", pause_image=pause)),
        ]
        watched, packages = [drop_in_path(_SERVICE, _DROP_IN)], ["cri-dockerd"]
    else:
        texts = {
            _SERVICE: render("cri-docker.service.j2", program=PROGRAM, pause_image=pause),
            _SOCKET: render("cri-docker.socket.j2"),
        }
        configured = [
            *(unit_file(unit, text) for unit, text in texts.items()),
            absent(drop_in_path(_SERVICE, _DROP_IN)),
        ]
        watched, packages = [PROGRAM, *(f"{UNITS}/{unit}" for unit in texts)], []
    yield from configured
    yield service(_SOCKET)
    yield service(
        _SERVICE,
        depends_on=watched,
        packages=packages,
        after=tuple(step.name for step in configured),
    )


def cri_dockerd_removed() -> Iterator[Step]:
    """Yields the steps that remove what an archive brought: the program and the units that we wrote."""
    for unit in (_SERVICE, _SOCKET):
        yield stopped(unit)
        yield restored(f"{UNITS}/{unit}")
    yield absent(drop_in_path(_SERVICE, _DROP_IN))
    yield absent(PROGRAMS, tree=True)
