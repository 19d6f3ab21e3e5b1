"""Writes files of the operator whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

#: The mode of a file that only its owner can read.
PRIVATE = 0o600


def write_whole(path: Path, content: str | bytes, *, mode: int = PRIVATE) -> None:
    """Writes a file so that a reader finds the old content or the new one, even after a power failure.

    Makes missing folders, with access only for their owner.

    Args:
        content: bytes are written as they are, text as UTF-8; surrogates from `surrogateescape` become their bytes.
        mode: the file's mode.

    Raises:
        OSError: the file cannot be written; the old one is unchanged.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    raw = content if isinstance(content, bytes) else content.encode("utf-8", errors="surrogateescape")
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(raw)
            stream.flush()
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
