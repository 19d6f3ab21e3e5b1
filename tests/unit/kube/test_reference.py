"""docs/settings.md and docs/passed-on.md are what the code says; `UPDATE_GOLDEN=1` writes them anew."""

from pathlib import Path

from kube.settings.reference import passed_on_reference, settings_reference
from tests.golden import assert_golden

PAGE = Path(__file__).parents[3] / "docs" / "settings.md"
PASSED_ON = PAGE.with_name("passed-on.md")


def test_the_reference_in_docs_is_that_of_the_code() -> None:
    assert_golden(PAGE, settings_reference())


def test_what_passed_on_settings_need_is_told_as_the_code_has_it() -> None:
    assert_golden(PASSED_ON, passed_on_reference())


def test_every_setting_is_explained() -> None:
    rows = [line.split(" | ") for line in settings_reference().splitlines() if line.startswith("| `")]
    unexplained = [row[0] for row in rows if len(row) == 4 and row[3].strip(" |") == ""]
    assert unexplained == []
