"""docs/settings.md is what the code says; `UPDATE_GOLDEN=1` writes it anew."""

from pathlib import Path

from kube.settings.reference import settings_reference
from tests.golden import assert_golden

PAGE = Path(__file__).parents[3] / "docs" / "settings.md"


def test_the_reference_in_docs_is_that_of_the_code() -> None:
    assert_golden(PAGE, settings_reference())


def test_every_setting_is_explained() -> None:
    rows = [line.split(" | ") for line in settings_reference().splitlines() if line.startswith("| `")]
    unexplained = [row[0] for row in rows if len(row) == 4 and row[3].strip(" |") == ""]
    assert unexplained == []
