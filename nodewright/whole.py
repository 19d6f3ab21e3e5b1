"""Files of the operator that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

#: The mode of a file that its owner alone can read.
PRIVATE = 0o600


def write_whole(path: Path, content: str | bytes, *, mode: int = PRIVATE) -> None:
    """Writes a file: whoever reads it finds the old content or the new one, also after the power went.

    Folders that are missing are made, for their owner alone.

    Args:
        content: text is written as UTF-8; bytes that were none when they were read come back as they were.
        mode: of the file.

    Raises:
        OSError: it cannot be written; the old file is as it was.
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
