"""The pod network and the load balancer: their published manifests, fitted to a cluster's settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy

from kube.objects.manifest import Applied, Object, applied, read_objects, with_images
from kube.settings.models import Cluster, MetalLB
from nodewright.errors import ConfigurationError

FLANNEL_NAMESPACE = "kube-flannel"
FLANNEL_DAEMON_SET = "kube-flannel-ds"
METALLB_NAMESPACE = "metallb-system"
METALLB_SPEAKER = "speaker"
#: The name of the pool and of its announcement.
POOL = "nodewright"


def flannel(text: str, cluster: Cluster, mirrors: Mapping[str, str]) -> Applied:
    """flannel's manifest with the cluster's pod network, backend and interface.

    By default flannel takes the interface of the default route, on Vagrant's machines 10.0.2.15 on each of
    them. One DaemonSet serves all nodes, so each pod asks for its own node's address (status.hostIP, which is
    kubelet's --node-ip); `--iface` takes addresses too (flannel's Documentation/configuration.md).

    Args:
        text: the published manifest, verified.
        mirrors: from registry to prefix.

    Raises:
        ConfigurationError: the manifest lacks the ConfigMap or the DaemonSet of a flannel since 0.20.
    """
    objects = with_images(read_objects(text, "flannel's manifest"), mirrors)
    objects = _changed(objects, "ConfigMap", "kube-flannel-cfg", lambda one: _set_network(one, cluster))
    objects = _changed(objects, "DaemonSet", FLANNEL_DAEMON_SET, lambda one: _set_pods(one, cluster))
    return applied(objects)


def metallb(text: str, mirrors: Mapping[str, str]) -> tuple[Applied, Applied]:
    """MetalLB's native manifest with mirrored images, in two: what has to be there before a pool, and the rest.

    Raises:
        ConfigurationError: it is no manifest.
    """
    objects = with_images(read_objects(text, "MetalLB's manifest"), mirrors)
    first = [one for one in objects if one["kind"] in {"Namespace", "CustomResourceDefinition"}]
    return applied(first), applied(one for one in objects if one not in first)


def metallb_pool(settings: MetalLB) -> Applied:
    """The addresses, and their announcement by ARP."""
    metadata = {"name": POOL, "namespace": METALLB_NAMESPACE}
    addresses = [str(part) for part in settings.addresses]
    return applied(
        [
            {
                "apiVersion": "metallb.io/v1beta1",
                "kind": "IPAddressPool",
                "metadata": metadata,
                "spec": {"addresses": addresses},
            },
            {
                "apiVersion": "metallb.io/v1beta1",
                "kind": "L2Advertisement",
                "metadata": metadata,
                "spec": {"ipAddressPools": [POOL]},
            },
        ]
    )


def _changed(objects: list[Object], kind: str, name: str, change: Callable[[Object], None]) -> list[Object]:
    """The objects with a change made to a copy of one of them."""
    found = [one for one in objects if one["kind"] == kind and one["metadata"]["name"] == name]
    if len(found) != 1:
        raise ConfigurationError(
            f"flannel's manifest has no {kind} named {name}",
            advice="mirrors.manifests.flannel must be a kube-flannel.yml of flannel 0.20 or newer",
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
    """The network is in the pods' annotations as well, or they would not notice when it changes."""
    template = daemon_set["spec"]["template"]
    network = f"{cluster.pod_cidr} {cluster.flannel.backend}"
    annotations = template["metadata"].get("annotations") or {}
    template["metadata"]["annotations"] = {**annotations, "nodewright/network": network}
    settings, container = cluster.flannel, template["spec"]["containers"][0]
    container["args"] = [*container["args"], f"--iface={settings.interface or '$(HOST_IP)'}"]
    if settings.interface is None:
        host_ip = {"name": "HOST_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.hostIP"}}}
        container["env"] = [*container["env"], host_ip]
