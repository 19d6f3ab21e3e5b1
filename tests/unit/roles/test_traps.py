"""Each trap of docs/traps.md is shown by a test; that those are there, the tests of all documents see to."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs/traps.md"


def test_every_trap_is_shown_by_a_test() -> None:
    rows = [line.split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    traps = [row for row in rows if row[0] not in ("| trap", "| ---")]
    assert len(traps) > 40
    assert [row[0] for row in traps if not row[-1].startswith("`test_")] == []
