"""Objects of the cluster, applied on a control plane: there as they are wanted when each has the right digest."""

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
    """The manifest as a file of root's, and all of it in the cluster.

    Args:
        label: what it is, `flannel`; also the file's name.
        patience: seconds to try again, for objects that a webhook has to admit which is only just starting.
        hopeless: as of `wait_until`, where it is tried again.
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
