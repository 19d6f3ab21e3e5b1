"""Gives hosts that join a token and certificates from a control plane, and takes both back afterwards."""

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
    """Yields the step that makes a short-lived token and gives it away with the CA's hash; for a control plane."""
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
    """Yields the step that uploads the cluster's certificates again under a new key; for a control plane.

    The upload is gone after two hours. Source: kubernetes.io, "kubeadm init phase upload-certs".
    """
    # Without a configuration kubeadm asks the internet for a version, and old releases stop at a second socket.
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
    """Yields the step that deletes the uploaded certificates; for a control plane."""
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
    """Yields the step that deletes the token, so nobody joins with it any more; for a control plane."""
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
    """Returns a step that is due in every run, since it gives values away and leaves nothing behind on the host."""
    done = f'"$nw_tmp/{name.replace(" ", "-")}"'
    return command(name, f"{commands}\n: >{done}", check=f"[ -e {done} ]")
