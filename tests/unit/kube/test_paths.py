"""The places on a host that nodewright writes to: all of them are known, and docs say so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kube.paths import PLACES, Goes, Place, places_table
from nodewright.script.step import Step
from roles.node.reset import reset
from roles.software.removal import software_removed
from tests.golden import assert_golden
from tests.unit.roles.examples import NODES
from tests.unit.roles.villages import context, whole

DOCS = Path(__file__).parents[3] / "docs"
#: What each page lists.
LISTED = {
    "reset.md": [place for place in PLACES if place.goes in (Goes.RESET, Goes.PACKAGES)],
    "your-machines.md": PLACES,
}
_TABLE = re.compile(r"(?<=<!-- made from kube/paths.py -->\n).*?(?=\n\n|\Z)", re.DOTALL)


@pytest.mark.parametrize("page", LISTED)
def test_the_places_in_docs_are_those_of_the_code(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    made, count = _TABLE.subn(lambda _: places_table(LISTED[page]), text)
    assert count == 1
    assert_golden(DOCS / page, made)


def test_every_file_that_a_step_replaces_is_a_known_place() -> None:
    written = re.compile(
        r"^ *(?:if ! mv -fT \"\$temporary\" (/\S+?);|target=(/\S+)$|mv -fT \S+ (/\S+)$)", re.M
    )
    found = {path for step in steps() for match in written.findall(step.apply) for path in match if path}
    assert len(found) > 20
    assert sorted(path for path in found if not any(is_in(place, path) for place in PLACES)) == []


def test_a_reset_takes_away_what_goes_with_it() -> None:
    texts = "\n".join(step.apply for step in reset(context()))
    gone = [place.path for place in PLACES if place.goes is Goes.RESET and not place.path.startswith("~")]
    assert [path for path in gone if path not in texts] == []


def test_the_removal_of_packages_takes_away_what_goes_with_it() -> None:
    texts = "\n".join(step.apply for step in software_removed(context()))
    gone = [place.path.partition("NAME")[0] for place in PLACES if place.goes is Goes.PACKAGES]
    assert [path for path in gone if path not in texts] == []


def steps() -> Iterator[Step]:
    """Yields all steps of all the nodes that tests have."""
    for ctx in NODES.values():
        yield from whole(ctx).steps


def is_in(place: Place, path: str) -> bool:
    """Returns whether a path is that place, or lies in it."""
    pattern = re.escape(place.path).replace("NAME", "[^/]+")
    return re.fullmatch(rf"{pattern}(/.*)?", path.strip("'")) is not None
