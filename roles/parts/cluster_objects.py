"""Applies objects to the cluster from a control plane; they are as wanted when each has the right digest."""

from __future__ import annotations

from collections.abc import Iterator

from kube.objects.manifest import DIGEST_ANNOTATION, Applied
from kube.paths import MANIFESTS
from kube.versions.releases import release
from nodewright.resources import command, file
from nodewright.resources.waits import wait
from nodewright.script.shell import sh
from nodewright.script.step import Step
from roles import NodeContext
from roles.parts.kubeadm import KUBECTL

_DIGESTS = f"""'jsonpath={{range .items[*]}}{{.metadata.annotations.{DIGEST_ANNOTATION}}}{{"\\n"}}{{end}}'"""


def cluster_objects(
    ctx: NodeContext, label: str, objects: Applied, *, patience: int = 0, hopeless: str = ""
) -> Iterator[Step]:
    """Yields the steps that write a manifest to a file of root's and apply all of it.

    Args:
        label: the manifest's name, such as `flannel`; the file is named after it.
        patience: seconds during which to try again, for objects whose webhook is only just starting.
        hopeless: as for `wait_until`; used only with `patience`.
    """
    path = f"{MANIFESTS}/{label}.yaml"
    apply = f"{KUBECTL} apply --filename {path}"
    if release(ctx.settings.cluster.kubernetes).applies_on_the_server:
        # MetalLB's definitions outgrow the annotation that a client-side apply keeps.
        apply += " --server-side --force-conflicts --field-manager=nodewright"
    yield file(path, objects.text, mode="0600", name=f"manifest of {label}")
    if patience:
        apply = wait(apply, f"{label} is admitted", deadline=patience, every=0.5, hopeless=hopeless)
    yield command(
        f"{label} applied",
        apply,
        check=sh(
            """
            digests=$(@kubectl get --filename @path --ignore-not-found --output @digests)
            count=$(grep -cxF @digest <<END
            $digests
            END
            )
            [ "$count" = @count ]
            """,
            kubectl=KUBECTL,
            path=path,
            digests=_DIGESTS,
            digest=objects.digest,
            count=str(objects.count),
        ),
        after=(f"manifest of {label}",),
        timeout=patience + 120,
    )
