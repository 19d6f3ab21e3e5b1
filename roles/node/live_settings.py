"""Settings that a running cluster takes up: what kubeadm wrote once is written again when the inventory changed.

On the cluster the digest of what was last written is an annotation of the ConfigMap; on a host it is a file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from kube.facts.cluster import KUBELET_STAMP
from kube.facts.membership import KUBELET_CREDENTIALS
from kube.kubeadm.configuration import (
    PATCHES_FOLDER,
    kube_proxy_configuration,
    kubelet_configuration,
    kubelet_patch,
)
from kube.objects.go_yaml import write_documents
from kube.objects.manifest import DIGEST_ANNOTATION
from kube.settings.node import NodeSettings
from kube.versions.releases import release
from nodewright.resources import command
from nodewright.script.shell import quote, sh
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.parts.kubeadm import CONFIG, KUBECTL
from roles.parts.proxy import proxy_text

_DIGEST = f"--output 'jsonpath={{.metadata.annotations.{DIGEST_ANNOTATION}}}'"
_NOT_YET = (
    "the cluster has other settings for its kubelets than the inventory, and they change on the first control plane: "
    "name it in --limit as well, or run without"
)


@role
def cluster_settings(ctx: NodeContext) -> Iterator[Step]:
    """On the first control plane: the settings that all kubelets and kube-proxies share."""
    settings = ctx.settings
    config_map = release(settings.cluster.kubernetes).kubelet_config_map
    yield _written(
        "kubelet settings in the cluster",
        config_map,
        shared_kubelet_digest(settings),
        f"kubeadm init phase upload-config kubelet --config {CONFIG}",
    )
    yield _written(
        "kube-proxy settings",
        "kube-proxy",
        kube_proxy_digest(settings),
        f"kubeadm init phase addon kube-proxy --config {CONFIG}\n{_restart_kube_proxy(ctx)}",
    )


@role
def kubelet_settings(ctx: NodeContext) -> Iterator[Step]:
    """On every node: the kubelet runs with the settings of now; restarting it leaves its pods alone."""
    digest = kubelet_digest(ctx)
    yield command(
        "kubelet runs with these settings",
        sh(
            """
            if ! @cluster_gives_them; then
              echo @not_yet
              exit 1
            fi
            @fetch_settings
            systemctl daemon-reload
            systemctl restart kubelet
            @leave_stamp
            """,
            cluster_gives_them=_cluster_gives_them(ctx),
            not_yet=quote(_NOT_YET),
            fetch_settings=_fetch_kubelet_settings(ctx),
            leave_stamp=leave_kubelet_stamp(ctx),
        ),
        check=f'[ "$(cat {KUBELET_STAMP})" = {digest} ]',
    )


def _fetch_kubelet_settings(ctx: NodeContext) -> str:
    version = ctx.settings.cluster.kubernetes
    if not release(version).upgrades_nodes_by_phases:
        return f"kubeadm upgrade node config --kubelet-version {version.tag}"
    patches = f" --patches {PATCHES_FOLDER}" if ctx.settings.host.kubelet else ""
    return f"kubeadm upgrade node phase kubelet-config{patches}"


def _restart_kube_proxy(ctx: NodeContext) -> str:
    kubectl = f"{KUBECTL} --namespace kube-system"
    if release(ctx.settings.cluster.kubernetes).restarts_rollouts:
        return f"{kubectl} rollout restart daemonset/kube-proxy"
    return f"{kubectl} delete pod --selector k8s-app=kube-proxy"


def leave_kubelet_stamp_if_shared(ctx: NodeContext) -> str:
    """Commands for a node that joins: it has what the cluster gives, which a run limited to it does not change."""
    return sh(
        """
        if @cluster_gives_them; then
          @leave_stamp
        fi
        """,
        cluster_gives_them=_cluster_gives_them(ctx),
        leave_stamp=leave_kubelet_stamp(ctx),
    )


def _cluster_gives_them(ctx: NodeContext) -> str:
    """The condition that the settings which all kubelets share are those of now, as a node may ask."""
    settings = ctx.settings
    config_map = release(settings.cluster.kubernetes).kubelet_config_map
    asked = f"kubectl --kubeconfig={KUBELET_CREDENTIALS} --namespace kube-system get configmap {config_map}"
    return f'[ "$({asked} {_DIGEST})" = {shared_kubelet_digest(settings)} ]'


def leave_kubelet_stamp(ctx: NodeContext) -> str:
    """Commands that say: the kubelet was started with the settings of now."""
    return sh(
        """
        mkdir -p /var/lib/nodewright
        echo @digest >@stamp.new
        mv -fT @stamp.new @stamp
        """,
        digest=kubelet_digest(ctx),
        stamp=KUBELET_STAMP,
    )


def leave_cluster_stamps(ctx: NodeContext) -> str:
    """Commands that say: the cluster was made with the settings of now."""
    config_map = release(ctx.settings.cluster.kubernetes).kubelet_config_map
    kubelets = _annotate(config_map, shared_kubelet_digest(ctx.settings))
    return f"{kubelets}\n{_annotate('kube-proxy', kube_proxy_digest(ctx.settings))}"


def kubelet_digest(ctx: NodeContext) -> str:
    """Of all that this host's kubelet was started with."""
    return _digest(
        shared_kubelet_digest(ctx.settings), kubelet_patch(ctx.settings.host), proxy_text(ctx) or ""
    )


def shared_kubelet_digest(settings: NodeSettings) -> str:
    """Of what all kubelets share."""
    return _digest(write_documents([kubelet_configuration(settings.cluster)]))


def kube_proxy_digest(settings: NodeSettings) -> str:
    """Of what all kube-proxies share."""
    return _digest(write_documents([kube_proxy_configuration(settings.cluster)]))


def _written(name: str, config_map: str, digest: str, write: str) -> Step:
    return command(
        name,
        f"{write}\n{_annotate(config_map, digest)}",
        check=sh(
            """
            found=$(@kubectl --namespace kube-system get configmap @config_map @print_digest)
            [ "$found" = @digest ]
            """,
            kubectl=KUBECTL,
            config_map=config_map,
            print_digest=_DIGEST,
            digest=digest,
        ),
    )


def _annotate(config_map: str, digest: str) -> str:
    return (
        f"{KUBECTL} --namespace kube-system annotate --overwrite configmap {config_map}"
        f" {DIGEST_ANNOTATION}={digest}"
    )


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
