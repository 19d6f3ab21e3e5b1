"""docs/what-it-fetches.md is what the code would fetch; `UPDATE_GOLDEN=1` writes its table anew."""

from __future__ import annotations

import re
from pathlib import Path

from kube.settings.inventory import Inventory
from nodewright.inventory import load
from tests.golden import assert_golden
from tests.unit.roles.villages import contexts
from workflows.fetches import Fetched, fetches, fetches_table

PAGE = Path(__file__).parents[2] / "docs/what-it-fetches.md"
_TABLE = re.compile(r"(?<=<!-- made from workflows/fetches.py -->\n).*?(?=\n\n|\Z)", re.DOTALL)


def walk(tmp_path: Path) -> list[Fetched]:
    """What the inventory of the page fetches on Rocky 9."""
    found = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    path = tmp_path / "inventory.yaml"
    path.write_text(found[1], encoding="utf-8")
    settings = load(path, Inventory).settings
    return fetches(settings, list(contexts(settings).values()))


def test_the_page_of_what_is_fetched_is_that_of_the_code(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    made, count = _TABLE.subn(lambda _: fetches_table(walk(tmp_path)), text)
    assert count == 1
    assert_golden(PAGE, made)


def test_the_walk_misses_no_kind_of_thing(tmp_path: Path) -> None:
    found = walk(tmp_path)
    assert {one.kind for one in found} == {"repository or key", "package", "file", "image", "manifest"}
    names = {one.what.partition("-1.")[0] for one in found if one.kind == "package"}
    assert {"kubeadm", "kubelet", "kubectl", "docker-ce", "container-selinux"} <= names
