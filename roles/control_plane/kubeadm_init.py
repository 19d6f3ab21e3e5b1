"""The first control plane: kubeadm init from a rendered configuration; a half-done one is cleaned up and redone."""

from __future__ import annotations

from collections.abc import Iterator

from kube.kubeadm.configuration import init_configuration, preflight_arguments
from nodewright.resources import command, file, wait_until
from nodewright.script.shell import quote_all, script
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.node.live_settings import leave_cluster_stamps, leave_kubelet_stamp
from roles.parts.kubeadm import CONFIG, anything_in, api_answers, reset_command
from roles.parts.membership import begin_membership, complete_membership, membership_is_complete


@role
def kubeadm_init(ctx: NodeContext) -> Iterator[Step]:
    """What a dead run left is known by the membership file that was begun and not completed."""
    cluster = ctx.settings.cluster
    yield file(CONFIG, init_configuration(ctx.settings), mode="0600", name="kubeadm's configuration")
    yield command(
        "kubeadm init",
        script(
            *_clean_up_unless_api_answers(ctx),
            begin_membership(cluster.name),
            'if [ -n "$answers" ]; then',
            *(f"  kubeadm init phase {phase} --config {CONFIG}" for phase in _LAST_PHASES),
            "else",
            f"  kubeadm init --config {CONFIG} --skip-token-print {quote_all(preflight_arguments(cluster))}",
            "fi",
            leave_cluster_stamps(ctx),
            leave_kubelet_stamp(ctx),
            complete_membership(cluster.name),
        ),
        check=membership_is_complete(cluster.name),
        timeout=600,
    )
    yield wait_until("API server answers", api_answers(ctx), deadline=120, every=1)


#: What may be missing once the API answers; each of them can be run again.
_LAST_PHASES = ("upload-config all", "mark-control-plane", "bootstrap-token", "addon all")


def _clean_up_unless_api_answers(ctx: NodeContext) -> Iterator[str]:
    """Sets `answers` where an API works already: then nothing is thrown away, what is missing is added."""
    yield "answers="
    yield "if [ -e /etc/kubernetes/admin.conf ]; then"
    yield f"  if {api_answers(ctx)}; then"
    yield "    answers=yes"
    yield "  fi"
    yield "fi"
    yield 'if [ -z "$answers" ]; then'
    yield f"  if {anything_in('/etc/kubernetes/manifests', '/etc/kubernetes/pki', '/var/lib/etcd')}; then"
    yield f"    {reset_command(ctx)}"
    yield "  fi"
    yield "fi"
