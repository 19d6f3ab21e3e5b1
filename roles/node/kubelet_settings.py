"""Gives the kubelet of a running node its changed settings: fetches them again and restarts it."""

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
    """Yields the step that makes the kubelet run with the current settings; its restart leaves pods alone."""
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
    """Returns commands that leave the stamp on a joining node if the cluster gives the current settings.

    The node has the settings that the cluster gives, and a run that is limited to this node does not change those.
    """
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
    """Returns the condition that the cluster holds the current shared settings; a node asks it as itself."""
    settings = ctx.settings
    config_map = release(settings.cluster.kubernetes).kubelet_config_map
    asked = f"kubectl --kubeconfig={KUBELET_CREDENTIALS} --namespace kube-system get configmap {config_map}"
    return f'[ "$({asked} {PRINT_DIGEST})" = {shared_kubelet_digest(settings)} ]'


def leave_kubelet_stamp(ctx: NodeContext) -> str:
    """Returns commands that record that the kubelet was started with the current settings."""
    stamp = renamed(KUBELET_STAMP, f"echo {kubelet_digest(ctx)} >@new")
    return f"mkdir -p {STATE}\n{stamp}\n{leave_state_stamp(ctx)}"
