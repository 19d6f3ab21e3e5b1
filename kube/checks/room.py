"""Estimates how much a node will write, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kube.settings.node import NodeSettings

_MIB = 1024**2


@dataclass(frozen=True)
class Room:
    """Holds the room that a node needs on a disk.

    Args:
        path: a folder, which need not exist.
        written: bytes that will be written there until the cluster stands.
        what: what these bytes are, for people.
        kept: the free share of the file system below which the kubelet evicts pods.
    """

    path: str
    written: int
    what: str
    kept: float = 0.0


def rooms(settings: NodeSettings) -> Iterator[Room]:
    """Yields where a node needs room.

    Images and etcd: about three times what the lab's cluster wrote (Kubernetes 1.34, Docker 29, flannel, MetalLB and
    the smoke test on 2026-11-25: 663 MB and 325 MB of images on control plane and worker, 125 MB of etcd), as public
    images are larger. Shares are the kubelet's defaults (kubernetes.io, "Node-pressure Eviction"); where
    `evictionHard` is set, no share is kept.
    """
    own = "evictionHard" in settings.cluster.kubelet or "evictionHard" in settings.host.kubelet
    images = 2048 if settings.control_plane else 1024
    yield Room(settings.runtime_folder, images * _MIB, "images and containers", 0.0 if own else 0.15)
    yield Room("/var/lib/kubelet", 128 * _MIB, "the kubelet's files and pods' volumes", 0.0 if own else 0.10)
    yield Room("/usr", 768 * _MIB, "packages")
    yield Room("/var/cache", 512 * _MIB, "packages as they are fetched, and lists of them")
    if settings.control_plane:
        yield Room("/var/lib/etcd", 512 * _MIB, "etcd's data")
