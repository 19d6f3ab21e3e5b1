"""The storage of a distribution registry (Debian's docker-registry), written as its server would.

Blobs lie under their digest, once; per repository, files named `link` say which digest is a tag, a manifest
or a layer of it. Source: the comment at the head of distribution's registry/storage/paths.go.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 20


@dataclass(frozen=True)
class Blob:
    """A blob that is stored: its digest ("sha256:…") and size in bytes."""

    digest: str
    size: int

    def descriptor(self, media_type: str) -> dict[str, object]:
        """Returns how a manifest refers to it."""
        return {"mediaType": media_type, "digest": self.digest, "size": self.size}


class Storage:
    """A registry's storage below `root`, which is what the server calls rootdirectory."""

    def __init__(self, root: Path) -> None:
        self._v2 = root / "docker/registry/v2"

    def write(self, fill: Callable[[BinaryIO], None]) -> Blob:
        """Store what `fill` writes."""
        self._v2.mkdir(parents=True, exist_ok=True)
        partial = self._v2 / "partial"
        with partial.open("wb") as file:
            fill(file)
        blob = _measure(partial)
        partial.rename(self._place(blob))
        return blob

    def write_json(self, content: object) -> Blob:
        """Store a document in one canonical form."""
        text = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()

        def fill(file: BinaryIO) -> None:
            file.write(text)

        return self.write(fill)

    def link(self, file: Path) -> Blob:
        """Store a file of the same disk without copying it."""
        blob = _measure(file)
        place = self._place(blob)
        if not place.exists():
            os.link(file, place)
        return blob

    def tag(self, repository: str, tag: str, manifest: Blob, parts: Sequence[Blob]) -> None:
        """Make `repository:tag` this manifest, which refers to these parts."""
        folder = self._v2 / "repositories" / repository
        for part in parts:
            _link(folder / "_layers", part)
        _link(folder / "_manifests/revisions", manifest)
        _link(folder / "_manifests/tags" / tag / "index", manifest)
        current = folder / "_manifests/tags" / tag / "current/link"
        current.parent.mkdir(parents=True, exist_ok=True)
        current.write_text(manifest.digest)

    def _place(self, blob: Blob) -> Path:
        digest = blob.digest.removeprefix("sha256:")
        place = self._v2 / "blobs/sha256" / digest[:2] / digest / "data"
        place.parent.mkdir(parents=True, exist_ok=True)
        return place


def merge(source: Path, target: Path) -> None:
    """Add one folder to another by hard links; a file that both have is the same in both."""

    def link(one: str, other: str) -> None:
        if not Path(other).exists():
            os.link(one, other)

    shutil.copytree(source, target, copy_function=link, dirs_exist_ok=True)


def _link(folder: Path, blob: Blob) -> None:
    link = folder / blob.digest.replace(":", "/") / "link"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.write_text(blob.digest)


def _measure(file: Path) -> Blob:
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return Blob(f"sha256:{digest}", file.stat().st_size)
