"""Files that the operator keeps."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

#: The mode of a file that its owner alone can read; mkstemp gives it.
PRIVATE = 0o600


def write_private(path: Path, content: bytes) -> None:
    """Writes a file that its owner alone can read, whole or not at all; folders that are missing are made so too."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)
