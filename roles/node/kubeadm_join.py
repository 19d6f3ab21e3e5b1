"""A further node: kubeadm join with a token that was made for it just now and is revoked afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from kube.facts.membership import KUBELET_CREDENTIALS
from kube.kubeadm.configuration import API_PORT, Ticket, join_configuration, preflight_arguments
from nodewright.resources import command
from nodewright.resources.files import filled_text
from nodewright.script.shell import quote_all, sh
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.node.live_settings import leave_kubelet_stamp_if_shared
from roles.parts.kubeadm import CONFIG, KUBECTL, anything_in, reset_command
from roles.parts.membership import begin_membership, complete_membership, membership_is_complete

#: Minutes that a token lives if the run that made it dies before it can revoke it.
_TOKEN_LIFE = "10m"

TOKEN, CA_HASH, CERTIFICATE_KEY = "join-token", "ca-hash", "certificate-key"
_PLACEHOLDERS = {"@TOKEN@": TOKEN, "@CA-HASH@": CA_HASH, "@CERTIFICATE-KEY@": CERTIFICATE_KEY}


@role
def kubeadm_join(ctx: NodeContext) -> Iterator[Step]:
    """The token is never in an argv: it goes by a file of root's, which goes with the script.

    What an earlier, half-done join left is cleaned up first.
    """
    cluster = ctx.settings.cluster
    ticket = Ticket(
        token="@TOKEN@",
        ca_hash="@CA-HASH@",
        certificate_key="@CERTIFICATE-KEY@" if ctx.settings.control_plane else "",
    )
    configuration = join_configuration(ctx.settings, api=api_endpoint(ctx), ticket=ticket)
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
            kubeadm join --config "$nw_tmp/join.yaml" @preflight
            @leave_kubelet_stamp
            @complete_membership
            """,
            traces_of_a_dead_run=anything_in("/etc/kubernetes/pki", KUBELET_CREDENTIALS),
            reset=reset_command(ctx),
            begin_membership=begin_membership(cluster.name),
            configuration=filled_text(configuration, values),
            preflight=quote_all(preflight_arguments(cluster)),
            leave_kubelet_stamp=leave_kubelet_stamp_if_shared(ctx),
            complete_membership=complete_membership(cluster.name),
        ),
        check=membership_is_complete(cluster.name),
        timeout=600,
    )


def api_endpoint(ctx: NodeContext) -> str:
    """HOST:PORT at which a joining node finds the API."""
    endpoint = ctx.settings.cluster.api_endpoint
    first = next(iter(ctx.hosts.values()))
    return str(endpoint) if endpoint else f"{first.address}:{API_PORT}"


@role
def join_ticket(ctx: NodeContext) -> Iterator[Step]:
    """On a control plane: a token for the hosts that wait for one, short-lived, and the CA's hash."""
    # kubeadm prints: kubeadm join HOST:PORT --token TOKEN --discovery-token-ca-cert-hash HASH
    yield _given(
        "join token",
        sh(
            """
            kubeadm token create --ttl @life --description nodewright --print-join-command >"$nw_tmp/join"
            read -r _ _ _ _ token _ hash _ <"$nw_tmp/join"
            output @token "$token"
            output @ca_hash "$hash"
            """,
            life=_TOKEN_LIFE,
            token=TOKEN,
            ca_hash=CA_HASH,
        ),
    )


@role
def certificates_offered(ctx: NodeContext) -> Iterator[Step]:
    """On a control plane: the cluster's certificates, uploaded anew under a key that is made now.

    Source: kubernetes.io, "kubeadm init phase upload-certs"; the upload is gone after two hours.
    """
    # Without a configuration kubeadm asks the internet for a version, and old ones stop at a second socket.
    yield _given(
        "certificate key",
        sh(
            """
            set --
            if [ -e @config ]; then
              set -- --config @config
            fi
            kubeadm init phase upload-certs --upload-certs "$@" >"$nw_tmp/upload"
            key=$(tail -n 1 "$nw_tmp/upload")
            output @name "$key"
            """,
            config=CONFIG,
            name=CERTIFICATE_KEY,
        ),
    )


@role
def certificates_withdrawn(ctx: NodeContext) -> Iterator[Step]:
    """On a control plane: the uploaded certificates are gone."""
    kubectl = f"{KUBECTL} --namespace kube-system"
    yield command(
        "uploaded certificates withdrawn",
        f"{kubectl} delete secret kubeadm-certs",
        check=sh(
            """
            present=$(@kubectl get secret kubeadm-certs --ignore-not-found --output name)
            [ -z "$present" ]
            """,
            kubectl=kubectl,
        ),
    )


@role
def ticket_revoked(ctx: NodeContext) -> Iterator[Step]:
    """On a control plane: nobody joins by that token any more."""
    yield command(
        "join token revoked",
        f'kubeadm token delete "${{{ctx.inputs[TOKEN]}%%.*}}"',
        check=sh(
            """
            name=bootstrap-token-"${@token%%.*}"
            present=$(@kubectl --namespace kube-system get secret "$name" --ignore-not-found --output name)
            [ -z "$present" ]
            """,
            token=ctx.inputs[TOKEN],
            kubectl=KUBECTL,
        ),
    )


def _given(name: str, commands: str) -> Step:
    """Returns a step that is due each time it is asked: it gives values away and leaves nothing behind."""
    done = f'"$nw_tmp/{name.replace(" ", "-")}"'
    return command(name, f"{commands}\n: >{done}", check=f"[ -e {done} ]")
