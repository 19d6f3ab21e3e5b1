"""docs/traps.md names files and tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs/traps.md").read_text()


def test_every_test_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", TEXT))
    there = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    assert len(named) > 50
    assert named - there == set()


def test_every_file_that_the_page_names_is_there() -> None:
    named = re.findall(r"`((?:roles|kube|workflows|nodewright)/[\w/]+\.py)`", TEXT)
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_trap_is_shown_by_something() -> None:
    rows = [
        line
        for line in TEXT.splitlines()
        if line.startswith("| ") and not line.startswith(("| trap", "| ---"))
    ]
    assert [row for row in rows if not row.rstrip(" |").endswith("`") and "end to end" not in row] == []
