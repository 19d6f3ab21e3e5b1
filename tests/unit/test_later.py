"""A module that is imported when it is first used."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from nodewright.later import Later


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "imported_late.py").write_text("def doubled(number): return 2 * number\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "imported_late", raising=False)
    return "imported_late"


def test_a_module_is_imported_when_one_of_its_names_is_asked_for(module: str) -> None:
    later = Later(module)
    assert module not in sys.modules
    assert later.doubled(2) == 4
    assert module in sys.modules


def test_a_name_that_the_module_does_not_have_is_an_error_that_names_both(module: str) -> None:
    with pytest.raises(AttributeError, match="'imported_late' has no attribute 'tripled'"):
        _ = Later(module).tripled
