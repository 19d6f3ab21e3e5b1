"""The graph of the mirror: what is made of what, and what a change makes anew."""

from dataclasses import replace
from pathlib import Path

import pytest

from lab import components, host
from lab.artifacts import closure
from lab.cache import Cache, content_key
from lab.mirror import disk_need, drop_stale, graph
from lab.versions import RELEASES


def keys(*minors: str) -> dict[str, str]:
    goals = graph(minors, lambda: Path("go"), Path("work"))
    return {str(artifact): artifact.key for artifact in closure(*goals)}


def test_another_minor_makes_nothing_anew_of_the_first_one() -> None:
    one, both = keys("1.34"), keys("1.34", "1.35")
    assert {name: both[name] for name in one if name != "mirror/1.34"} == {
        name: key for name, key in one.items() if name != "mirror/1.34"
    }


def test_the_second_minor_is_not_in_a_newcomers_way() -> None:
    assert not any("1.35" in name for name in keys("1.34"))


def test_a_changed_patch_release_makes_only_its_own_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    before = keys("1.34")
    changed = replace(RELEASES["1.34"], kubernetes="1.34.9")
    monkeypatch.setitem(RELEASES, "1.34", changed)
    after = keys("1.34")
    assert {name for name in before if before[name] != after[name]} == {
        "binaries/kubernetes-1.34",
        "rpms/kubernetes-1.34",
        "images/kubernetes-1.34",
        "mirror/1.34",
    }


def test_a_changed_sum_makes_the_component_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = keys("1.34")
    copied = tmp_path / "go"
    for component in components.components(("1.34",)):
        (copied / component.name).mkdir(parents=True)
        for file in component.folder.iterdir():
            (copied / component.name / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(components, "GO", copied)
    assert keys("1.34") == before
    (copied / "metallb" / "go.sum").write_text("")
    after = keys("1.34")
    assert {name for name in before if before[name] != after[name]} == {
        "binaries/metallb",
        "images/every-cluster",
        "mirror/1.34",
    }


def test_what_no_recipe_asks_for_any_more_leaves_the_cache(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    both = closure(*graph(("1.34", "1.35"), lambda: Path("go"), Path("work")))
    current = {host.GO, *((artifact.kind, artifact.name, artifact.key) for artifact in both)}
    with Cache() as cache:
        kept = [cache.make(*each, lambda folder: None) for each in current]
        stale = [
            cache.make("binaries", name, content_key("old"), lambda folder: None)
            for name in ("etcd-for-1.34", "removed")
        ]
    drop_stale()
    assert not any(path.exists() for path in stale)
    assert all(path.exists() for path in kept)


def test_the_longest_compile_comes_first() -> None:
    compiled = [name for name in keys("1.34") if name.startswith("binaries/")]
    assert compiled[0] == "binaries/kubernetes-1.34"


def test_less_to_make_needs_less_disk() -> None:
    wanted = closure(*graph(("1.34",), lambda: Path("go"), Path("work")))
    without_kubernetes = [artifact for artifact in wanted if artifact.name != "kubernetes-1.34"]
    assert 0 == disk_need([]) < disk_need(without_kubernetes) < disk_need(wanted)
