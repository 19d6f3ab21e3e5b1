"""The manifests that a cluster fetches, served under their public path with their checksum beside."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from lab.versions import FLANNEL, METALLB


@dataclass(frozen=True)
class Manifest:
    """`source` is the file below an artifact of the module it is part of, `url` where the public one is."""

    name: str
    source: str
    url: str


@dataclass(frozen=True)
class MirrorFile:
    """A single file of the mirror: its path below the document root, its SHA-256 in hex, its public URL."""

    path: str
    sha256: str
    url: str


MANIFESTS = (
    Manifest(
        "flannel",
        "binaries/flannel/files/kube-flannel.yml",
        f"https://github.com/flannel-io/flannel/releases/download/v{FLANNEL}/kube-flannel.yml",
    ),
    Manifest(
        "metallb",
        "binaries/metallb/files/metallb-native.yaml",
        f"https://raw.githubusercontent.com/metallb/metallb/v{METALLB}/config/manifests/metallb-native.yaml",
    ),
)


def publish(source: Path, url: str, www: Path) -> None:
    """Put a file where the mirror serves it, by a hard link, and its checksum beside it."""
    target = www / path_of(url)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.link(source, target)
    checksum = hashlib.sha256(source.read_bytes()).hexdigest()
    target.with_name(f"{target.name}.sha256").write_text(f"{checksum}  {target.name}\n")


def published(url: str, www: Path) -> MirrorFile:
    """Returns what `publish` put there."""
    path = path_of(url)
    return MirrorFile(path, (www / f"{path}.sha256").read_text().split()[0], url)


def path_of(url: str) -> str:
    """Returns where the mirror has a public URL: its host and path."""
    return url.removeprefix("https://")
