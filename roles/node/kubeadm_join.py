"""Makes a host a further node: runs kubeadm join with a token that was just made and is revoked afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from kube.kubeadm.configuration import API_PORT, JoinSecrets, join_configuration, preflight_arguments
from kube.paths import KUBELET_CREDENTIALS, PKI
from nodewright.resources import command
from nodewright.resources.files import filled_text
from nodewright.script.shell import quote_all, sh
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.control_plane.join_secrets import CA_HASH, CERTIFICATE_KEY, TOKEN
from roles.node.kubelet_settings import leave_kubelet_stamp_if_shared
from roles.parts.kubeadm import anything_in, reset_command
from roles.parts.kubelet import watched_with_kubelet
from roles.parts.membership import begin_membership, complete_membership, membership_is_complete

_PLACEHOLDERS = {"@TOKEN@": TOKEN, "@CA-HASH@": CA_HASH, "@CERTIFICATE-KEY@": CERTIFICATE_KEY}


@role
def kubeadm_join(ctx: NodeContext) -> Iterator[Step]:
    """Yields the step that runs kubeadm join.

    The token is never in an argv: it is in a file of root's, which is removed with the script.
    The step first cleans up what an earlier join left that was cut short.
    """
    cluster = ctx.settings.cluster
    secrets = JoinSecrets(
        token="@TOKEN@",
        ca_hash="@CA-HASH@",
        certificate_key="@CERTIFICATE-KEY@" if ctx.settings.control_plane else "",
    )
    configuration = join_configuration(ctx.settings, api=api_endpoint(ctx), secrets=secrets)
    values = {
        placeholder: ctx.inputs[output]
        for placeholder, output in _PLACEHOLDERS.items()
        if placeholder in configuration
    }
    yield command(
        "kubeadm join",
        sh(
            """
            if @traces_of_a_dead_run; then
              @reset
            fi
            @begin_membership
            umask 077
            cat >"$nw_tmp/join.yaml" @configuration
            umask 022
            @join
            @leave_kubelet_stamp
            @complete_membership
            """,
            traces_of_a_dead_run=anything_in(PKI, KUBELET_CREDENTIALS),
            reset=reset_command(ctx),
            begin_membership=begin_membership(ctx),
            configuration=filled_text(configuration, values),
            join=watched_with_kubelet(
                f'kubeadm join --config "$nw_tmp/join.yaml" {quote_all(preflight_arguments(cluster))}'.rstrip()
            ),
            leave_kubelet_stamp=leave_kubelet_stamp_if_shared(ctx),
            complete_membership=complete_membership(ctx),
        ),
        check=membership_is_complete(cluster.name),
        timeout=600,
    )


def api_endpoint(ctx: NodeContext) -> str:
    """Returns HOST:PORT at which a joining node finds the API."""
    endpoint = ctx.settings.cluster.api_endpoint
    first = next(iter(ctx.hosts.values()))
    return str(endpoint) if endpoint else f"{first.address}:{API_PORT}"
