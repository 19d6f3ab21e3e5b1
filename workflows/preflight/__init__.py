"""Checks the facts of all hosts together before anything is changed.

Each check keeps its name, since people, reports and settings refer to it.
"""

from __future__ import annotations

from collections.abc import Sequence

from nodewright.errors import NodewrightError, Problem
from nodewright.workflow.preflight import Preflight
from workflows.preflight.capacity import cpus, disk_space, memory
from workflows.preflight.cluster import networks, running_cluster
from workflows.preflight.earlier import (
    cni_files,
    containers_folder,
    etcd_folder,
    hosts_file,
    kubelet_flags,
    kubelet_units,
    programs,
    repositories,
)
from workflows.preflight.finding import Check, Contexts, Source, each_host, each_host_at_its_line
from workflows.preflight.identities import clocks, machines
from workflows.preflight.membership import foreign_nodes, joined_as, membership
from workflows.preflight.surroundings import address, default_route, name_servers, ports, time_source
from workflows.preflight.system import (
    cgroups,
    file_types,
    kernel,
    mount_options,
    old_kernel,
    other_engines,
    package_conflicts,
    processor,
    public_builds,
    system,
    system_repositories,
)

__all__ = ["CHECKS", "foreign_nodes", "preflight"]

CHECKS: dict[str, Check] = {
    "membership": each_host(membership),
    "joined-as": joined_as,
    "system": each_host(system),
    "system-repositories": each_host(system_repositories),
    "address": each_host(address),
    "memory": each_host(memory),
    "cpus": each_host(cpus),
    "disk-space": each_host(disk_space),
    "kernel": each_host_at_its_line(kernel),
    "processor": each_host_at_its_line(processor),
    "old-kernel": old_kernel,
    "cgroups": each_host_at_its_line(cgroups),
    "file-types": each_host(file_types),
    "mount-options": each_host(mount_options),
    "other-engines": each_host(other_engines),
    "default-route": each_host(default_route),
    "name-servers": each_host_at_its_line(name_servers),
    "time-source": each_host(time_source),
    "ports": each_host(ports),
    "package-conflicts": each_host(package_conflicts),
    "public-builds": each_host_at_its_line(public_builds),
    "kubelet-flags": each_host(kubelet_flags),
    "kubelet-units": each_host(kubelet_units),
    "programs": each_host(programs),
    "containers-folder": each_host_at_its_line(containers_folder),
    "cni-files": each_host(cni_files),
    "repositories": each_host(repositories),
    "hosts-file": each_host(hosts_file),
    "etcd-folder": each_host(etcd_folder),
    "identities": machines,
    "clocks": clocks,
    "networks": networks,
    "running-cluster": running_cluster,
}


def preflight(source: Source) -> Preflight:
    """Returns the preflight that finds everything that stops provisioning, not only the first problem."""

    def look(contexts: Contexts) -> Sequence[NodewrightError | Problem]:
        findings = [finding for check in CHECKS.values() for finding in check(source, contexts)]
        # Findings about one host stand together; findings about several hosts come last.
        order = {name: number for number, name in enumerate(contexts)}
        return sorted(findings, key=lambda finding: order.get(finding.host or "", len(order)))

    return look
