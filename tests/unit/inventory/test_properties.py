"""What holds for any file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nodewright.inventory.compose import Node, compose
from nodewright.inventory.scalars import typed, untyped
from tests.unit.inventory.village import complaint


def _alike_in_yaml_1_1_and_1_2(text: str) -> bool:
    """PyYAML writes `0E0` and `0o7` without quotes, since YAML 1.1 knows no such numbers; YAML 1.2 does."""
    return isinstance(typed(text), str) or not isinstance(yaml.safe_load(text), str)


TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\ufffe\uffff"), max_size=20
).filter(_alike_in_yaml_1_1_and_1_2)
KEYS = TEXTS.filter(bool)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def composed(text: str) -> Node:
    root, mistakes = compose(text)
    assert root is not None
    assert mistakes == []
    return root


@given(st.dictionaries(KEYS, VALUES), st.sampled_from([True, False, None]), st.booleans())
def test_what_pyyaml_writes_is_read_as_the_same_data(
    data: dict[str, Any], flow: bool | None, wide: bool
) -> None:
    text = yaml.safe_dump(data, default_flow_style=flow, allow_unicode=wide, sort_keys=False)
    found = untyped(composed(text).data)
    assert found == data
    assert repr(found) == repr(data)


DIGITS = st.from_regex(r"[0-9]{1,6}", fullmatch=True)


@given(
    sign=st.sampled_from(["", "-", "+"]),
    whole=DIGITS | st.just(""),
    fraction=DIGITS | st.sampled_from(["", None]),
    power=st.sampled_from([None, "0", "5", "+07", "-3"]),
)
def test_a_number_is_what_pyyaml_reads_of_its_full_form(
    sign: str, whole: str, fraction: str | None, power: str | None
) -> None:
    """YAML 1.2 takes `.5`, `-.5`, `5.` and `1e3`, of which PyYAML's YAML 1.1 wants the full form."""
    assume(whole or fraction)
    point = "" if fraction is None else f".{fraction}"
    written = f"{sign}{whole}{point}" + ("" if power is None else f"e{power}")
    full = f"{sign}{whole or 0}.{fraction or 0}e{int(power or 0):+d}"
    found = untyped(composed(written).data)
    assert found == yaml.safe_load(full)
    assert isinstance(found, int) == (fraction is None and power is None)


@given(st.integers(0, 2**70))
def test_octal_and_hexadecimal_numbers_are_those_of_pyyaml(number: int) -> None:
    assert untyped(composed(f"0o{number:o}").data) == yaml.safe_load(f"0{number:o}") == number
    assert untyped(composed(f"0x{number:x}").data) == yaml.safe_load(f"0x{number:x}") == number


@pytest.mark.parametrize("text", [".inf", "-.Inf", "+.INF", ".nan", ".NaN", ".NAN"])
def test_what_is_no_finite_number_is_what_pyyaml_reads(text: str) -> None:
    assert repr(untyped(composed(text).data)) == repr(yaml.safe_load(text))


@given(st.dictionaries(KEYS, st.integers(0, 999) | st.from_regex(r"[a-z]{1,9}", fullmatch=True), min_size=1))
def test_the_position_of_each_value_points_at_its_text(data: dict[str, Any]) -> None:
    text = yaml.safe_dump({"outer": data}, allow_unicode=True, sort_keys=False)
    lines = text.splitlines()
    for key, (at, node) in composed(text).entries["outer"][1].entries.items():
        value = str(data[key])
        assert lines[node.position.line - 1][node.position.column - 1 :].strip("'\"").startswith(value)
        assert lines[at.line - 1][at.column - 1 :][:1] in {key[0], "'", '"', "?"}


@given(st.text(max_size=60) | st.text(alphabet="ab:{}[]-&*!|>'\"%@`#,? \n\t<", max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_loads_or_is_an_inventory_error(tmp_path: Path, text: str) -> None:
    surrogates = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    found = complaint(tmp_path, surrogates)
    assert found == "" or found.startswith("inventory.yaml")


WHOLE = """\
ssh: {user: baker, jump: {host: gate}, password: {env: VILLAGE}}
village: {name: Ham, anything: &any {a: 1, b: [x, ~]}}
defaults: {labels: {a: b}, tuning: *any}
bakers:
  defaults: {rooms: [hall]}
  oven[2:4]:
    address: 10.0.0.[2:4]
  oven3: {labels: {x: y}, ssh: {port: 22, local: off}}
"""
PIECES = [
    *"{}[]:,-&*!|>'\"%@`#? \n\t~<1",
    ": ",
    "- ",
    "<<: ",
    "&any ",
    "*any",
    "!!int ",
    "[1:3]",
    "\n  ",
    "\u2028",
    "é",
]


@given(at=st.integers(0, len(WHOLE)), cut=st.sampled_from([0, 0, 1, 5]), piece=st.sampled_from(["", *PIECES]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_a_good_inventory_damaged_anywhere_loads_or_says_where(
    tmp_path: Path, at: int, cut: int, piece: str
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VILLAGE", "bread and butter")
        found = complaint(tmp_path, WHOLE[:at] + piece + WHOLE[at + cut :])
    assert found == "" or found.startswith("inventory.yaml:")
    assert "bread and butter" not in found
