"""What a control plane gives to the hosts that join, and takes back afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from kube.paths import KUBEADM_CONFIGURATION
from nodewright.resources import command
from nodewright.script.shell import sh
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.parts.kubeadm import KUBECTL

#: Minutes that a token lives if the run that made it dies before it can revoke it.
_TOKEN_LIFE = "10m"

TOKEN, CA_HASH, CERTIFICATE_KEY = "join-token", "ca-hash", "certificate-key"


@role
def join_token_given(ctx: NodeContext) -> Iterator[Step]:
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
def certificates_given(ctx: NodeContext) -> Iterator[Step]:
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
            config=KUBEADM_CONFIGURATION,
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
def join_token_revoked(ctx: NodeContext) -> Iterator[Step]:
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
