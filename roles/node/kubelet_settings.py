"""The kubelet of a running node takes up settings that changed: it fetches them anew and is restarted."""

from __future__ import annotations

from collections.abc import Iterator

from kube.paths import KUBELET_CREDENTIALS, KUBELET_STAMP, PATCHES_FOLDER
from kube.versions.releases import release
from nodewright.paths import STATE
from nodewright.resources import command
from nodewright.script.shell import quote, renamed, sh
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.parts.kubelet import kubelet_comes_up
from roles.parts.kubelet_state import forget_old_state, leave_state_stamp, look_at_old_state
from roles.parts.settings_digests import PRINT_DIGEST, kubelet_digest, shared_kubelet_digest

_NOT_YET = (
    "the cluster has other settings for its kubelets than the inventory, and they change on the first control plane: "
    "name it in --limit as well, or run without"
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
            @look_at_old_state
            @fetch_settings
            @forget_old_state
            systemctl daemon-reload
            systemctl restart kubelet
            @comes_up
            @leave_stamp
            """,
            cluster_gives_them=_cluster_gives_them(ctx),
            not_yet=quote(_NOT_YET),
            look_at_old_state=look_at_old_state(ctx),
            forget_old_state=forget_old_state(ctx),
            fetch_settings=_fetch_kubelet_settings(ctx),
            comes_up=kubelet_comes_up(ctx.settings),
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
    return f'[ "$({asked} {PRINT_DIGEST})" = {shared_kubelet_digest(settings)} ]'


def leave_kubelet_stamp(ctx: NodeContext) -> str:
    """Commands that say: the kubelet was started with the settings of now."""
    stamp = renamed(KUBELET_STAMP, f"echo {kubelet_digest(ctx)} >@new")
    return f"mkdir -p {STATE}\n{stamp}\n{leave_state_stamp(ctx)}"
