"""Judges what earlier installations leave: flags of the kubelet and package repositories."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from kube.facts.earlier import OtherRepository

#: These flags of the kubelet have no field in its configuration, and change nothing that we set.
#: Source: cmd/kubelet/app/options/options.go of 1.36.
HARMLESS_FLAGS = frozenset(
    {
        *("--cloud-provider", "--image-credential-provider-bin-dir", "--image-credential-provider-config"),
        *("--exit-on-lock-contention", "--lock-file", "--v", "-v", "--vmodule"),
    }
)

#: Maps repositories that are gone to what is said of them: kubernetes.io, blog of 2023-08-31, "Kubernetes Legacy
#: Package Repositories Will Be Frozen".
_DEAD = {"packages.cloud.google.com/yum": "Google's packages of Kubernetes are gone since March 2024"}


def dead_repository(repository: OtherRepository) -> str:
    """Returns why a repository cannot be reached any more; empty where it may be reached."""
    return next((why for place, why in _DEAD.items() if place in repository.urls), "")


def not_excluded(repository: OtherRepository, packages: Iterable[str]) -> tuple[str, ...]:
    """Returns the packages among these that an ordinary update would take from the repository."""
    patterns = repository.excluded.replace(",", " ").split()
    return tuple(name for name in packages if not any(fnmatchcase(name, pattern) for pattern in patterns))
