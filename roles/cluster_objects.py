"""Objects of the cluster, applied on a control plane: there as they are wanted when each has the right digest."""

from __future__ import annotations

from collections.abc import Iterator

from kube.objects import DIGEST_ANNOTATION, Applied
from nodewright.resources import command, file
from nodewright.resources.shell import script
from nodewright.step import Step
from roles.kubeadm import KUBECTL

FOLDER = "/etc/nodewright/manifests"


def cluster_objects(label: str, objects: Applied, *, patience: int = 0) -> Iterator[Step]:
    """The manifest as a file of root's, and all of it in the cluster.

    Args:
        label: what it is, `flannel`; also the file's name.
        patience: seconds to try again, for objects that a webhook has to admit which is only just starting.
    """
    path = f"{FOLDER}/{label}.yaml"
    # Server-side: MetalLB's definitions outgrow the annotation that a client-side apply keeps.
    apply = f"{KUBECTL} apply --server-side --force-conflicts --field-manager=nodewright --filename {path}"
    yield file(path, objects.text, mode="0600", name=f"manifest of {label}")
    yield command(
        f"{label} applied",
        _again(apply, patience) if patience else apply,
        check=script(
            "digests=$("
            f"{KUBECTL} get --filename {path} --ignore-not-found"
            f" --output 'jsonpath={{range .items[*]}}{{.metadata.annotations.{DIGEST_ANNOTATION}}}{{\"\\n\"}}{{end}}'"
            ")",
            'count=$(grep -cxF "$digest" <<END',
            "$digests",
            "END",
            ")",
            f'[ "$count" = {objects.count} ]',
        ).replace('"$digest"', objects.digest),
        after=(f"manifest of {label}",),
        timeout=patience + 120,
    )


def _again(run: str, patience: int) -> str:
    return script(
        "read -r uptime _ </proc/uptime",
        f"end=$((${{uptime%%.*}} + {patience}))",
        f"until {run}; do",
        "  read -r uptime _ </proc/uptime",
        '  [ "${uptime%%.*}" -lt "$end" ]',
        "  sleep 0.5",
        "done",
    )
