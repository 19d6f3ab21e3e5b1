"""Lists the ports that a node's own programs need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kube.facts.ports import Protocol
from kube.kubeadm.configuration import API_PORT
from kube.settings.models import Cluster
from kube.versions.releases import release


@dataclass(frozen=True)
class Port:
    """Holds one port.

    Args:
        number, protocol: the port's number, and tcp or udp.
        user: the program that needs it, for people.
    """

    number: int
    protocol: Protocol
    user: str


def ports_of(cluster: Cluster, *, control_plane: bool) -> Iterator[Port]:
    """Yields the ports that a node's programs need.

    Sources: kubernetes.io, "Ports and Protocols"; kubeadm's cmd/kubeadm/app/preflight/checks.go and constants.go of
    1.13 to 1.36; flannel's documentation of its backends; MetalLB's, "Requirements" (2026-11-25).
    """
    yield Port(10250, "tcp", "the kubelet")
    yield Port(10248, "tcp", "the kubelet")
    yield Port(10249, "tcp", "kube-proxy")
    yield Port(10256, "tcp", "kube-proxy")
    if control_plane:
        yield Port(API_PORT, "tcp", "the API server")
        yield Port(2379, "tcp", "etcd")
        yield Port(2380, "tcp", "etcd")
        yield Port(2381, "tcp", "etcd")
        scheduler, controllers = release(cluster.kubernetes).control_plane_ports
        yield Port(scheduler, "tcp", "the scheduler")
        yield Port(controllers, "tcp", "the controller manager")
    if cluster.flannel.backend == "vxlan":
        yield Port(8472, "udp", "flannel")
    if cluster.metallb:
        yield Port(7946, "tcp", "MetalLB")
        yield Port(7946, "udp", "MetalLB")
        yield Port(7472, "tcp", "MetalLB")
