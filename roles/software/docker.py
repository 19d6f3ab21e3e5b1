"""Runs Docker, and from Kubernetes 1.24 on cri-dockerd between it and the kubelet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from kube.paths import DOCKER
from nodewright.resources import file, group, service
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.host.authorities import authorities_files
from roles.parts.proxy import proxy_files, proxy_of
from roles.parts.registries import registry_url
from roles.software.cri_dockerd import cri_dockerd_service, uses_cri_dockerd
from roles.software.packages import docker_version, of_wanted_packages


@role
def docker(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that run Docker with the kubelet's cgroup driver.

    The daemon restarts when its configuration or its package changed.
    """
    # docker.socket belongs to this group and fails without it.
    yield group("docker")
    configured = [file(DOCKER, _configuration(ctx)), *proxy_of("docker.service", ctx)]
    yield from configured
    packages = ["docker-ce"]
    if not docker_version(ctx).whole:
        yield of_wanted_packages(service("containerd", packages=["containerd.io"]), ctx)
        packages.append("containerd.io")
    runs = service(
        "docker",
        depends_on=[DOCKER, *proxy_files("docker.service", ctx), *authorities_files(ctx)],
        packages=packages,
        after=tuple(step.name for step in configured),
    )
    yield of_wanted_packages(runs, ctx)
    if uses_cri_dockerd(ctx):
        *configured, runs = cri_dockerd_service(ctx)
        yield from configured
        yield of_wanted_packages(runs, ctx)


def _configuration(ctx: NodeContext) -> str:
    cluster, mirrors = ctx.settings.cluster, ctx.settings.mirrors
    configuration: dict[str, Any] = {
        # Two different drivers on one node account for the same memory twice: kubernetes.io, "Container runtimes".
        "exec-opts": [f"native.cgroupdriver={cluster.kubelet.get('cgroupDriver', 'systemd')}"],
        "log-driver": "json-file",
        # The kubelet does not rotate logs that Docker writes. Docker's k is 1024 as well.
        "log-opts": {
            "max-size": cluster.log_rotation.max_size.removesuffix("i").lower(),
            "max-file": str(cluster.log_rotation.max_files),
        },
        "storage-driver": "overlay2",
    }
    if cluster.runtime_folder:
        configuration["data-root"] = cluster.runtime_folder
    if mirrors.insecure_registries:
        configuration["insecure-registries"] = list(mirrors.insecure_registries)
    hub = mirrors.images.get("docker.io")
    # Docker takes no mirror that lies below a path: docs.docker.com, "Registry as a pull through cache".
    if hub and "/" not in hub.prefix and not hub.flat:
        configuration["registry-mirrors"] = [registry_url(hub.prefix, mirrors)]
    return json.dumps(configuration, indent=2) + "\n"
