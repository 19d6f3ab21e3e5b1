"""Golden files: what a text looked like when somebody last read and approved it."""

import os
from pathlib import Path

_FOLDER = Path(__file__).parent


def assert_golden(path: str | Path, text: str) -> None:
    """Compares a text with a file below tests/golden; `UPDATE_GOLDEN=1` writes it instead.

    Args:
        path: relative to tests/golden.
    """
    file = _FOLDER / path
    if os.environ.get("UPDATE_GOLDEN") == "1":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.is_file(), f"{file} is not there: look at the text, then run again with UPDATE_GOLDEN=1"
    assert text == file.read_text(encoding="utf-8")
