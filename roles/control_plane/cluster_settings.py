"""Writes the settings that all kubelets and kube-proxies share into a running cluster when the inventory changed."""

from __future__ import annotations

from collections.abc import Iterator

from kube.objects.manifest import DIGEST_ANNOTATION
from kube.paths import KUBEADM_CONFIGURATION
from kube.versions.releases import release
from nodewright.resources import command
from nodewright.script.shell import sh
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.parts.kubeadm import KUBECTL
from roles.parts.settings_digests import PRINT_DIGEST, kube_proxy_digest, shared_kubelet_digest


@role
def cluster_settings(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that write the shared settings; for the first control plane."""
    settings = ctx.settings
    config_map = release(settings.cluster.kubernetes).kubelet_config_map
    yield _written(
        "kubelet settings in the cluster",
        config_map,
        shared_kubelet_digest(settings),
        f"kubeadm init phase upload-config kubelet --config {KUBEADM_CONFIGURATION}",
    )
    yield _written(
        "kube-proxy settings",
        "kube-proxy",
        kube_proxy_digest(settings),
        f"kubeadm init phase addon kube-proxy --config {KUBEADM_CONFIGURATION}\n{_restart_kube_proxy(ctx)}",
    )


def leave_cluster_stamps(ctx: NodeContext) -> str:
    """Returns commands that record in the cluster that it was made with the current settings."""
    config_map = release(ctx.settings.cluster.kubernetes).kubelet_config_map
    kubelets = _annotate(config_map, shared_kubelet_digest(ctx.settings))
    return f"{kubelets}\n{_annotate('kube-proxy', kube_proxy_digest(ctx.settings))}"


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
            print_digest=PRINT_DIGEST,
            digest=digest,
        ),
    )


def _annotate(config_map: str, digest: str) -> str:
    return (
        f"{KUBECTL} --namespace kube-system annotate --overwrite configmap {config_map}"
        f" {DIGEST_ANNOTATION}={digest}"
    )


def _restart_kube_proxy(ctx: NodeContext) -> str:
    kubectl = f"{KUBECTL} --namespace kube-system"
    if release(ctx.settings.cluster.kubernetes).restarts_rollouts:
        return f"{kubectl} rollout restart daemonset/kube-proxy"
    return f"{kubectl} delete pod --selector k8s-app=kube-proxy"
