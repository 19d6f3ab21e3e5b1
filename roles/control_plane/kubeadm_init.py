"""Makes the first control plane: runs kubeadm init from a rendered configuration.

It cleans up after an init that was cut short, and runs it again.
"""

from __future__ import annotations

from collections.abc import Iterator

from kube.kubeadm.configuration import init_configuration, preflight_arguments
from kube.paths import ADMIN_KUBECONFIG, ETCD, KUBEADM_CONFIGURATION, PKI, POD_LOGS, STATIC_PODS
from nodewright.resources import command, file, wait_until
from nodewright.script.shell import quote_all, sh
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.control_plane.cluster_settings import leave_cluster_stamps
from roles.node.kubelet_settings import leave_kubelet_stamp
from roles.parts.kubeadm import anything_in, api_answers, reset_command
from roles.parts.kubelet import kubelet_says, watched_with_kubelet
from roles.parts.membership import begin_membership, complete_membership, membership_is_complete

#: These phases may be missing once the API answers; each of them can be run again.
_LAST_PHASES = ("upload-config all", "mark-control-plane", "bootstrap-token", "addon all")


@role
def kubeadm_init(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that configure and run kubeadm init, and wait for the API server.

    A membership file that was begun and not completed shows that an earlier run died.
    Where an API server works already, nothing is thrown away; only the missing phases run.
    """
    cluster = ctx.settings.cluster
    ignored = quote_all(preflight_arguments(cluster))
    yield file(
        KUBEADM_CONFIGURATION, init_configuration(ctx.settings), mode="0600", name="kubeadm's configuration"
    )
    yield command(
        "kubeadm init",
        sh(
            """
            answers=
            if [ -e @admin ]; then
              if @api_answers; then
                answers=yes
              fi
            fi
            if [ -z "$answers" ]; then
              if @traces_of_a_dead_run; then
                @reset
              fi
            fi
            @begin_membership
            if [ -n "$answers" ]; then
              @last_phases
            else
              : >"$nw_tmp/begun"
              @init
            fi
            @leave_cluster_stamps
            @leave_kubelet_stamp
            @complete_membership
            """,
            admin=ADMIN_KUBECONFIG,
            api_answers=api_answers(ctx),
            traces_of_a_dead_run=anything_in(STATIC_PODS, PKI, ETCD),
            reset=reset_command(ctx),
            begin_membership=begin_membership(ctx),
            last_phases="\n".join(
                f"kubeadm init phase {phase} --config {KUBEADM_CONFIGURATION}" for phase in _LAST_PHASES
            ),
            init=watched_with_kubelet(
                f"kubeadm init --config {KUBEADM_CONFIGURATION} --skip-token-print {ignored}".rstrip(),
                _crashes(),
            ),
            leave_cluster_stamps=leave_cluster_stamps(ctx),
            leave_kubelet_stamp=leave_kubelet_stamp(ctx),
            complete_membership=complete_membership(ctx),
        ),
        check=membership_is_complete(cluster.name),
        timeout=600,
    )
    yield wait_until("API server answers", api_answers(ctx), deadline=120, every=1, explain=kubelet_says())


def _crashes() -> str:
    """Returns commands that succeed once etcd or the API server has crashed three times since `begun`.

    They print the last lines of its log. A container's log is in a file named after its number of restarts, and
    the kubelet keeps the one before it (since 1.14).
    """
    return sh(
        """
        find -L @logs -name 3.log -newer "$nw_tmp/begun" >"$nw_tmp/logs"
        grep -E '/kube-system_(etcd|kube-apiserver)-' "$nw_tmp/logs" >"$nw_tmp/crashed"
        read -r log <"$nw_tmp/crashed"
        echo "a container of the control plane crashes again and again; its last words (${log%3.log}2.log):"
        tail -n 10 "${log%3.log}2.log"
        """,
        logs=POD_LOGS,
    )
