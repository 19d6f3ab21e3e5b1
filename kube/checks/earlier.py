"""What is known of things that earlier installations leave."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from kube.facts.earlier import OtherRepository

#: Flags of the kubelet for which its configuration has no field, and which change nothing that we set.
#: Source: cmd/kubelet/app/options/options.go of 1.36.
HARMLESS_FLAGS = frozenset(
    {
        *("--cloud-provider", "--image-credential-provider-bin-dir", "--image-credential-provider-config"),
        *("--exit-on-lock-contention", "--lock-file", "--v", "-v", "--vmodule"),
    }
)

#: Repositories that are gone, and since when: kubernetes.io, blog of 2023-08-31, "Kubernetes Legacy Package
#: Repositories Will Be Frozen".
_DEAD = {"packages.cloud.google.com/yum": "Google's packages of Kubernetes are gone since March 2024"}


def dead_repository(repository: OtherRepository) -> str:
    """Returns why a repository cannot be reached any more; nothing where it may be."""
    return next((why for place, why in _DEAD.items() if place in repository.urls), "")


def not_excluded(repository: OtherRepository, packages: Iterable[str]) -> tuple[str, ...]:
    """Returns those of the packages that an ordinary update would take from the repository."""
    patterns = repository.excluded.replace(",", " ").split()
    return tuple(name for name in packages if not any(fnmatchcase(name, pattern) for pattern in patterns))
