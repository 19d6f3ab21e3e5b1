"""Fits the published manifests of the pod network and the load balancer to a cluster's settings."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from kube.objects.go_yaml import write_documents
from kube.objects.manifest import Applied, Object, applied, read_objects, with_images
from kube.settings.models import Cluster, MetalLB
from kube.versions.addons import api_problem, flannel_namespace, os_label
from kube.versions.images import Mirrors
from kube.versions.releases import Version
from nodewright.errors import ConfigurationError

FLANNEL_DAEMON_SET = "kube-flannel-ds"
METALLB_NAMESPACE = "metallb-system"
METALLB_SPEAKER = "speaker"
#: Names the pool and its announcement.
POOL = "nodewright"
_OS_LABEL = "kubernetes.io/os"


@dataclass(frozen=True)
class Balancer:
    """Holds MetalLB's objects in the order in which they are applied.

    Args:
        definitions: the objects that must exist before a pool.
        pool: the addresses, and their announcement by ARP.
        rest: MetalLB itself.
    """

    definitions: Applied
    pool: Applied
    rest: Applied


def flannel(text: str, cluster: Cluster, mirrors: Mirrors) -> Applied:
    """Returns flannel's manifest with the cluster's pod network, backend and interface.

    By default flannel takes the interface of the default route, which has 10.0.2.15 on every machine of Vagrant.
    One DaemonSet serves all nodes, so each pod names its own node's address (status.hostIP, which is kubelet's
    --node-ip); `--iface` takes addresses too (flannel's Documentation/configuration.md).

    Args:
        text: the published manifest, verified.
        mirrors: the mirror of each registry.

    Raises:
        ConfigurationError: the manifest lacks the ConfigMap or the DaemonSet of a flannel since 0.13, or does not
            fit the cluster's version.
    """
    objects = _fitted(text, "flannel", cluster.kubernetes, mirrors)
    objects = _changed(objects, "ConfigMap", "kube-flannel-cfg", lambda one: _set_network(one, cluster))
    objects = _changed(objects, "DaemonSet", FLANNEL_DAEMON_SET, lambda one: _set_pods(one, cluster))
    return applied(objects)


def metallb(text: str, cluster: Cluster, settings: MetalLB, mirrors: Mirrors) -> Balancer:
    """Returns MetalLB's native manifest with mirrored images, and the pool in the form that it reads.

    Up to 0.12 MetalLB reads a ConfigMap, and its namespace is a manifest of its own; from 0.13 on it reads
    resources that the manifest defines.

    Raises:
        ConfigurationError: the text is not a manifest, or does not fit the cluster's version.
    """
    objects = _fitted(text, "metallb", cluster.kubernetes, mirrors)
    first = [one for one in objects if one["kind"] in {"Namespace", "CustomResourceDefinition"}]
    defined = any(one["kind"] == "CustomResourceDefinition" for one in first)
    rest = [one for one in objects if one not in first]
    if not any(one["kind"] == "Namespace" for one in first):
        first.insert(0, _NAMESPACE)
    pool = _pool_resources(settings) if defined else [_pool_in_a_config_map(settings)]
    return Balancer(applied(first), applied(pool), applied(rest))


_NAMESPACE: Object = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": METALLB_NAMESPACE, "labels": {"app": "metallb"}},
}


def _pool_resources(settings: MetalLB) -> list[Object]:
    metadata = {"name": POOL, "namespace": METALLB_NAMESPACE}
    return [
        {
            "apiVersion": "metallb.io/v1beta1",
            "kind": "IPAddressPool",
            "metadata": metadata,
            "spec": {"addresses": [str(part) for part in settings.addresses]},
        },
        {
            "apiVersion": "metallb.io/v1beta1",
            "kind": "L2Advertisement",
            "metadata": metadata,
            "spec": {"ipAddressPools": [POOL]},
        },
    ]


def _pool_in_a_config_map(settings: MetalLB) -> Object:
    """Returns the pool as a ConfigMap. Source: MetalLB 0.12.1, manifests/example-layer2-config.yaml."""
    pool = {"name": POOL, "protocol": "layer2", "addresses": [str(part) for part in settings.addresses]}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "config", "namespace": METALLB_NAMESPACE},
        "data": {"config": write_documents([{"address-pools": [pool]}])},
    }


def _fitted(text: str, name: str, version: Version, mirrors: Mirrors) -> list[Object]:
    """Returns a manifest's objects with mirrored images and the labels that nodes of the version have.

    Raises:
        ConfigurationError: the version does not serve one of the objects' APIs.
    """
    objects: list[Object] = with_images(read_objects(text, f"{name}'s manifest"), mirrors)
    for one in objects:
        if problem := _misfit(one, version):
            raise ConfigurationError(
                f"{name}'s manifest does not fit Kubernetes {version}: {problem}",
                advice=f"without mirrors.manifests.{name} the inventory takes the published one that fits",
            )
    return [_with_os_label(one, os_label(version)) for one in objects]


def _misfit(one: Object, version: Version) -> str | None:
    if problem := api_problem(one["apiVersion"], one["kind"], version):
        return problem
    namespace, wanted = one["metadata"].get("namespace"), flannel_namespace(version)
    if one["metadata"]["name"] == FLANNEL_DAEMON_SET and namespace != wanted:
        return f"DaemonSet {FLANNEL_DAEMON_SET} is in {namespace}, and its pods belong into {wanted} there"
    return None


def _with_os_label(value: Any, label: str) -> Any:
    """Returns a value whose node selectors and affinities ask for that label instead of kubernetes.io/os."""
    if isinstance(value, dict):
        renamed = {
            label if key == _OS_LABEL else key: _with_os_label(inner, label) for key, inner in value.items()
        }
        return {**renamed, "key": label} if value.get("key") == _OS_LABEL else renamed
    if isinstance(value, list):
        return [_with_os_label(inner, label) for inner in value]
    return value


def _changed(objects: list[Object], kind: str, name: str, change: Callable[[Object], None]) -> list[Object]:
    """Returns the objects with a change made to a copy of one of them."""
    found = [one for one in objects if one["kind"] == kind and one["metadata"]["name"] == name]
    if len(found) != 1:
        raise ConfigurationError(
            f"flannel's manifest has no {kind} named {name}",
            advice="mirrors.manifests.flannel must be a kube-flannel.yml of flannel 0.13 or newer",
        )
    copy = deepcopy(found[0])
    change(copy)
    return [copy if one is found[0] else one for one in objects]


def _set_network(config_map: Object, cluster: Cluster) -> None:
    network = json.loads(config_map["data"]["net-conf.json"])
    network["Network"] = str(cluster.pod_cidr)
    network["Backend"] = {"Type": cluster.flannel.backend}
    config_map["data"]["net-conf.json"] = json.dumps(network, indent=2) + "\n"


def _set_pods(daemon_set: Object, cluster: Cluster) -> None:
    """Sets the pods of flannel's DaemonSet.

    The network is in the pods' annotations as well, or they would not notice when it changes.
    """
    template = daemon_set["spec"]["template"]
    network = f"{cluster.pod_cidr} {cluster.flannel.backend}"
    annotations = template["metadata"].get("annotations") or {}
    template["metadata"]["annotations"] = {**annotations, "nodewright/network": network}
    settings, container = cluster.flannel, template["spec"]["containers"][0]
    container["args"] = [*container["args"], f"--iface={settings.interface or '$(HOST_IP)'}"]
    if settings.interface is None:
        host_ip = {"name": "HOST_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.hostIP"}}}
        container["env"] = [*container["env"], host_ip]
