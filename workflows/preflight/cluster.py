"""Checks changes that a running cluster cannot take, the cluster's networks, and MetalLB's pool."""

from __future__ import annotations

from ipaddress import IPv4Interface

from kube.checks.changes import departed, refused
from kube.checks.fitness import network_findings, pool_findings
from kube.facts.cluster import LIVE
from nodewright.errors import Problem
from nodewright.facts import NETWORK
from workflows.preflight.finding import Contexts, Findings, Source, error_at, warning_at


def networks(source: Source, contexts: Contexts) -> Findings:
    """Yields conflicts between the cluster's addresses and the networks of the hosts' own addresses."""
    nearby = {
        address.network
        for ctx in contexts.values()
        for interface in ctx.mine[NETWORK].interfaces
        for address in interface.addresses
        if isinstance(address, IPv4Interface) and str(address.ip) == ctx.host.address
    }
    for finding in pool_findings(source.settings.cluster, nearby):
        yield warning_at(source, finding)
    for finding in network_findings(source.settings.cluster, nearby):
        yield error_at(source, finding)


def running_cluster(source: Source, contexts: Contexts) -> Findings:
    """Yields errors for changes that a running cluster cannot take, and warnings for nodes not in the inventory."""
    live = next((ctx.mine[LIVE] for ctx in contexts.values() if ctx.mine[LIVE].answers), None)
    if live is None:
        return
    settings = source.settings
    for finding in refused(live, settings.cluster, settings.control_planes, settings.workers):
        yield error_at(source, finding)
    for node in departed(live, source.hosts):
        yield Problem(
            what=f"the node {node} is in the cluster and not in the inventory",
            advice=f"if it is gone for good: kubectl drain {node}, then kubectl delete node {node}",
        )
