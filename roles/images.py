"""Images are pulled before they are needed: while the control plane starts, on every node."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from kube.images import control_plane_images, mirrored, node_images
from kube.membership import MEMBERSHIP, Standing
from nodewright.resources import background
from nodewright.role import role
from nodewright.step import Step
from roles import NodeContext
from roles.containerd import REGISTRIES


@role
def images(ctx: NodeContext) -> Iterator[Step]:
    """In the background and unawaited: what is still missing when it is needed, kubeadm and the kubelet pull.

    A node that is a member has what it needs; the kubelet may have thrown away what it does not.
    """
    cluster = ctx.settings.cluster
    if ctx.mine[MEMBERSHIP].standing(cluster.name) is Standing.MEMBER:
        return
    wanted = wanted_images(ctx)
    yield background("images", _pull(ctx, wanted), check=_present(ctx, wanted), name="images pulled")


def wanted_images(ctx: NodeContext) -> tuple[str, ...]:
    """What this node will run, by the names that it is pulled under."""
    cluster, mirrors = ctx.settings.cluster, ctx.settings.mirrors
    of_role = control_plane_images if ctx.settings.control_plane else node_images
    return (
        *of_role(cluster.kubernetes, mirrors.images),
        *ctx.settings.addons.images,
        mirrored(ctx.settings.smoke.image, mirrors.images),
    )


def _pull(ctx: NodeContext, wanted: Sequence[str]) -> str:
    """All at once: the time goes into unpacking. One that fails does not hinder the others."""
    if ctx.settings.cluster.runtime == "docker":
        return "\n".join([*(f"docker pull --quiet {shlex.quote(image)} &" for image in wanted), "wait"])
    pull = f"ctr --namespace k8s.io images pull --hosts-dir {REGISTRIES}"
    return "\n".join([*(f"{pull} {shlex.quote(image)} >/dev/null &" for image in wanted), "wait"])


def _present(ctx: NodeContext, wanted: Sequence[str]) -> str:
    names = " ".join(shlex.quote(image) for image in wanted)
    if ctx.settings.cluster.runtime == "docker":
        return f"docker image inspect --format=. {names}"
    return "\n".join(
        [
            "present=$(ctr --namespace k8s.io images list --quiet)",
            f"for image in {names}; do",
            '  case "$present" in',
            '  *"$image"*) ;;',
            "  *) exit 1 ;;",
            "  esac",
            "done",
        ]
    )
