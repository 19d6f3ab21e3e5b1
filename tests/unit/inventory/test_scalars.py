"""What is written is what arrives: the traps of YAML 1.1 do not exist here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from nodewright.inventory import Free, HostSettings, Settings
from tests.unit.inventory.village import Lamp, complaint, loaded


@pytest.mark.parametrize(
    "text",
    [
        "1.30",
        "1.0",
        "0644",
        "1:30",
        "off",
        "no",
        "y",
        "true",
        "1e3",
        "0x1f",
        "1_000",
        ".5",
        "2026-01-02",
        "=",
    ],
)
def test_a_text_setting_gets_the_text_as_written(tmp_path: Path, text: str) -> None:
    assert loaded(tmp_path, f"village: {{name: {text}}}").settings.village.name == text


def test_off_is_one_of_the_words_on_and_off(tmp_path: Path) -> None:
    assert loaded(tmp_path, "village: {name: Ham, lights: off}").settings.village.lights == "off"


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False), ("off", False), ("yes", True)])
def test_a_switch_is_what_it_says(tmp_path: Path, text: str, value: bool) -> None:
    assert loaded(tmp_path, f"village: {{name: Ham, awake: {text}}}").settings.village.awake is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("200", 200),
        ("-7", -7),
        ("0x1f", 31),
        ("0o17", 15),
        ("0644", 644),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-.inf", float("-inf")),
        ("true", True),
        ("off", "off"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ('"200"', "200"),
        ("!!str 200", "200"),
        ("'true'", "true"),
        ("~", None),
        ("", None),
        ("[1, '1', {a: 2}]", [1, "1", {"a": 2}]),
    ],
)
def test_a_free_setting_is_read_by_yaml_1_2(tmp_path: Path, text: str, value: object) -> None:
    found = loaded(tmp_path, f"village: {{name: Ham, anything: {{x: {text}}}}}").settings.village.anything[
        "x"
    ]
    assert found == value
    assert type(found) is type(value)


def test_keys_are_texts_whatever_they_look_like(tmp_path: Path) -> None:
    text = "bakers:\n  anna:\n    address: a\n    labels: {n: y, 1: one, off: on, 0644: mode}\n"
    expected = {"n": "y", "1": "one", "off": "on", "0644": "mode"}
    assert loaded(tmp_path, text).settings.bakers["anna"].labels == expected


def test_an_empty_text_setting_is_an_error_and_not_the_word_none(tmp_path: Path) -> None:
    assert "`name` should be a text, not empty" in complaint(tmp_path, "village: {name: }\n")


def test_a_merge_key_brings_in_what_the_map_does_not_say_itself(tmp_path: Path) -> None:
    text = """\
village:
  name: Ham
  anything:
    base: &base {a: 1, b: 1}
    more: &more {b: 2, c: 2}
    both: {<<: [*base, *more], c: 3}
"""
    assert loaded(tmp_path, text).settings.village.anything["both"] == {"a": 1, "b": 1, "c": 3}


def test_a_quoted_merge_key_is_an_ordinary_key(tmp_path: Path) -> None:
    text = "bakers: {anna: {address: a, labels: {'<<': x}}}"
    assert loaded(tmp_path, text).settings.bakers["anna"].labels == {"<<": "x"}


def test_an_anchor_and_its_alias_are_equal(tmp_path: Path) -> None:
    text = "bakers: {anna: {address: a, labels: &l {x: y}}, bert: {address: b, labels: *l}}"
    bakers = loaded(tmp_path, text).settings.bakers
    assert bakers["bert"].labels == bakers["anna"].labels


def test_settings_never_change(tmp_path: Path) -> None:
    village = loaded(tmp_path, "village: {name: Ham}").settings.village
    with pytest.raises(ValidationError, match="frozen"):
        village.name = "Egg"


def test_a_model_with_a_bare_any_is_refused_as_it_would_keep_numbers_as_text() -> None:
    with pytest.raises(TypeError, match=r"Sloppy\.anything: use nodewright\.inventory\.Free"):

        class Sloppy(Settings):
            anything: dict[str, Any]


def test_free_settings_nest_in_any_type() -> None:
    class Nested(HostSettings):
        maps: tuple[dict[str, Free], ...] = ()
        one: Free = None

    assert Nested.model_validate({"address": "a", "maps": [{"x": [1]}]}).maps == ({"x": [1]},)
    assert Lamp().colour == "red"
