"""Pulls images on every node before they are needed, while the control plane starts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kube.facts.membership import MEMBERSHIP, Standing
from kube.paths import CONTAINERD_REGISTRIES, REGISTRY_LOGINS_FOLDER
from kube.versions.images import control_plane_images, mirrored, node_images
from kube.versions.releases import cri_socket
from nodewright.paths import BACKGROUND
from nodewright.resources import awaited, background
from nodewright.script.shell import quote, quote_all, sh
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.parts.registries import needs_login

#: Holds the run that last started to pull.
_TRIED = f"{BACKGROUND}/images.run"


@role
def images(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that pull images in the background.

    A run starts the pulls once and does not wait for them. kubeadm and the kubelet pull what is still missing when
    they need it, and they fail if an image cannot be pulled. A member has the images that it needs; the kubelet may
    have removed the others.
    """
    cluster = ctx.settings.cluster
    if ctx.mine[MEMBERSHIP].standing(cluster.name) is Standing.MEMBER:
        return
    wanted = wanted_images(ctx)
    step = background(
        "images",
        _pull(ctx, wanted),
        check=sh(
            """
            if [ "$(cat @tried)" != "$nw_run_id" ]; then
              @present
            fi
            """,
            tried=_TRIED,
            present=_present(ctx, wanted),
        ),
        name="image pulls begun",
    )
    yield replace(step, apply=f'{step.apply}\necho "$nw_run_id" >{_TRIED}')
    locked = [image for image in wanted if needs_login(image, ctx.settings.mirrors)]
    if locked and cluster.runtime == "docker":
        # kubeadm pulls images through cri-dockerd without a login.
        yield awaited(
            "images", check=_present(ctx, locked), deadline=1800, name="images that need a login are here"
        )


def wanted_images(ctx: NodeContext) -> tuple[str, ...]:
    """Returns the images that this node will run, by the names that they are pulled under."""
    cluster, mirrors, addons = ctx.settings.cluster, ctx.settings.mirrors, ctx.settings.addons
    of_role = control_plane_images if ctx.settings.control_plane else node_images
    of_addons = addons.images if ctx.settings.carries_load else addons.images_everywhere
    smoke = mirrored(ctx.settings.smoke.image, mirrors.images)
    return (*of_role(cluster.kubernetes, mirrors.images), *of_addons, smoke)


def _pull(ctx: NodeContext, wanted: Sequence[str]) -> str:
    """Returns commands that pull all images at once, since unpacking takes most of the time.

    An image that fails does not hinder the others.
    """
    return "\n".join([*(f"{_puller(ctx, image)} {quote(image)} >/dev/null &" for image in wanted), "wait"])


def _puller(ctx: NodeContext, image: str) -> str:
    """Returns the command that pulls an image.

    A login is never in an argv: Docker reads it from its file, and CRI from containerd's configuration.
    """
    cluster, mirrors = ctx.settings.cluster, ctx.settings.mirrors
    if cluster.runtime == "docker":
        return f"docker --config {REGISTRY_LOGINS_FOLDER} pull" if mirrors.logins else "docker pull"
    if needs_login(image, mirrors):
        return f"crictl --runtime-endpoint {cri_socket(cluster.kubernetes, cluster.runtime)} pull"
    return f"ctr --namespace k8s.io images pull --hosts-dir {CONTAINERD_REGISTRIES}"


def _present(ctx: NodeContext, wanted: Sequence[str]) -> str:
    names = quote_all(wanted)
    if ctx.settings.cluster.runtime == "docker":
        return f"docker image inspect --format=. {names}"
    return sh(
        """
        ctr --namespace k8s.io images list --quiet >"$nw_tmp/images"
        for image in @names; do
          grep -qxF "$image" "$nw_tmp/images"
        done
        """,
        names=names,
    )
