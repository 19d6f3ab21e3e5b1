"""Renders kubeadm's configuration, for every version of its API that a known Kubernetes reads.

Fields by API version: kubernetes.io, Reference, Configuration APIs, "kubeadm Configuration (v1beta3)" and
"(v1beta4)"; the older ones: cmd/kubeadm/app/apis/kubeadm/v1beta1 and v1beta2 in Kubernetes 1.13 and 1.15.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kube.objects.go_yaml import write_documents
from kube.paths import PATCHES_FOLDER
from kube.settings.models import Cluster, HostSettings, Mirrors
from kube.settings.node import NodeSettings
from kube.versions.images import coredns_prefix, kubernetes_prefix
from kube.versions.releases import cri_socket, release

API_PORT = 6443
#: kube-apiserver uses this range without --service-node-port-range.
_NODE_PORTS = "30000-32767"
#: kubeadm init always makes a token. Nobody uses it, so it expires before anybody could.
_FIRST_TOKEN_LIVES = "1m0s"

Document = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class JoinSecrets:
    """Holds the secrets that let a host join; each is text for the file, usually a placeholder filled on the host.

    Args:
        token: a bootstrap token.
        ca_hash: `sha256:…` of the cluster's CA.
        certificate_key: the key that encrypts the uploaded certificates; only for a control plane.
    """

    token: str
    ca_hash: str
    certificate_key: str = ""


def init_configuration(node: NodeSettings) -> str:
    """Returns what `kubeadm init --config` reads on the first control plane, as YAML."""
    init: Document = {
        "apiVersion": _api(node.cluster),
        "kind": "InitConfiguration",
        "bootstrapTokens": [{"ttl": _FIRST_TOKEN_LIVES}],
        "localAPIEndpoint": _local_endpoint(node),
        "nodeRegistration": _node_registration(node),
        **_patches(node),
    }
    return write_documents(
        [
            init,
            cluster_configuration(node.cluster, node.mirrors),
            kubelet_configuration(node.cluster),
            kube_proxy_configuration(node.cluster),
        ]
    )


def join_configuration(node: NodeSettings, *, api: str, secrets: JoinSecrets) -> str:
    """Returns what `kubeadm join --config` reads, as YAML.

    Args:
        api: HOST:PORT of the API server.
    """
    join: Document = {
        "apiVersion": _api(node.cluster),
        "kind": "JoinConfiguration",
        "discovery": {
            "bootstrapToken": {
                "apiServerEndpoint": api,
                "token": secrets.token,
                "caCertHashes": [secrets.ca_hash],
            }
        },
        "nodeRegistration": _node_registration(node),
        **_patches(node),
    }
    if node.control_plane:
        join["controlPlane"] = {
            "localAPIEndpoint": _local_endpoint(node),
            "certificateKey": secrets.certificate_key,
        }
    return write_documents([join])


def cluster_configuration(cluster: Cluster, mirrors: Mirrors) -> Document:
    """Returns the part that all control planes share, with the user's overrides merged in."""
    prefix = kubernetes_prefix(mirrors.images)
    dns = coredns_prefix(cluster.kubernetes, mirrors.images)
    document: Document = {
        "apiVersion": _api(cluster),
        "kind": "ClusterConfiguration",
        "clusterName": cluster.name,
        "kubernetesVersion": cluster.kubernetes.tag,
        "imageRepository": prefix,
        "networking": {"podSubnet": str(cluster.pod_cidr), "serviceSubnet": str(cluster.service_cidr)},
    }
    if dns != prefix:
        document["dns"] = {"imageRepository": dns}
    if cluster.api_endpoint is not None:
        document["controlPlaneEndpoint"] = str(cluster.api_endpoint)
    if cluster.certificate_names:
        document["apiServer"] = {"certSANs": list(cluster.certificate_names)}
    return merged(document, cluster.cluster_configuration)


def kubelet_configuration(cluster: Cluster) -> Document:
    """Returns the settings that all kubelets share, with the user's overrides merged in.

    resolvConf is left to kubeadm, which looks on each node whether systemd-resolved runs there. Where the inventory
    names name servers, pods ask those.
    """
    document: Document = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "cgroupDriver": "systemd",
        "containerLogMaxSize": cluster.log_rotation.max_size,
        "containerLogMaxFiles": cluster.log_rotation.max_files,
    }
    if cluster.resolver is not None:
        document["resolvConf"] = "/etc/resolv.conf"
    return merged(document, cluster.kubelet)


def kubelet_settings_of(node: NodeSettings) -> Document:
    """Returns the inventory's settings for a node's kubelet; the node's own override those of all."""
    return merged(node.cluster.kubelet, node.host.kubelet)


def kube_proxy_configuration(cluster: Cluster) -> Document:
    """Returns the settings that all kube-proxies share, with the user's overrides merged in.

    With IPVS every node would answer ARP for every service's address. MetalLB needs strictARP, which prevents
    that (metallb.io, Installation, "Preparation").
    """
    document: Document = {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
    }
    if cluster.kube_proxy.get("mode") == "ipvs":
        document["ipvs"] = {"strictARP": True}
    return merged(document, cluster.kube_proxy)


def node_ports(cluster: Cluster) -> str:
    """Returns the range of NodePorts, FIRST-LAST: the user's --service-node-port-range, else Kubernetes' default.

    The argument may also be FIRST+MORE: k8s.io/apimachinery, util/net/port_range.go.
    """
    server = cluster.cluster_configuration.get("apiServer")
    arguments = server.get("extraArgs") if isinstance(server, Mapping) else None
    if isinstance(arguments, Iterable) and not isinstance(arguments, Mapping):
        arguments = {one.get("name"): one.get("value") for one in arguments if isinstance(one, Mapping)}
    ports = str((arguments or {}).get("service-node-port-range") or _NODE_PORTS)
    first, plus, more = ports.partition("+")
    return f"{first}-{int(first) + int(more)}" if plus and (first + more).isdigit() else ports


def kubelet_patch(host: HostSettings) -> str:
    """Returns the content of KUBELET_PATCH, the settings of this node's kubelet alone; empty where it has none."""
    return write_documents([dict(host.kubelet)]) if host.kubelet else ""


def preflight_arguments(cluster: Cluster) -> tuple[str, ...]:
    """Returns the arguments of kubeadm commands that run preflight checks; files of 1.14 have no field for them."""
    names = ",".join(cluster.ignore_preflight_errors)
    return (f"--ignore-preflight-errors={names}",) if names else ()


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> Document:
    """Returns `base` overridden by `over`: maps merge at every depth, anything else is replaced."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            result[key] = merged(below, value)
        else:
            result[key] = value
    return result


def _api(cluster: Cluster) -> str:
    return f"kubeadm.k8s.io/{release(cluster.kubernetes).kubeadm_api}"


def _local_endpoint(node: NodeSettings) -> Document:
    return {"advertiseAddress": node.host.address, "bindPort": API_PORT}


def _node_registration(node: NodeSettings) -> Document:
    registration: Document = {
        "name": node.name,
        "criSocket": cri_socket(node.cluster.kubernetes, node.cluster.runtime),
        "kubeletExtraArgs": _arguments(node.cluster, {"node-ip": node.host.address}),
    }
    taints = _taints(node)
    if taints is not None:
        registration["taints"] = taints
    return registration


def _arguments(cluster: Cluster, arguments: Mapping[str, str]) -> object:
    if release(cluster.kubernetes).arguments_are_lists:
        return [{"name": name, "value": value} for name, value in arguments.items()]
    return dict(arguments)


def _taints(node: NodeSettings) -> list[Document] | None:
    """Returns the taints of a node; None leaves kubeadm's own taints, and an empty list takes them away."""
    if node.host.taints is None:
        return [] if node.only_host else None
    return [{key: value for key, value in vars(taint).items() if value} for taint in node.host.taints]


def _patches(node: NodeSettings) -> Document:
    return {"patches": {"directory": PATCHES_FOLDER}} if node.host.kubelet else {}
