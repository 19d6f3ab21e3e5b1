"""Host ranges."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodewright.inventory.ranges import BadRange, expand, in_step
from tests.unit.inventory.village import complaint, loaded


def test_a_range_expands_with_its_width_and_its_values_go_along_in_step(tmp_path: Path) -> None:
    text = """\
bakers:
  oven[09:11]:
    address: 10.0.0.[19:21]
    labels: {shelf: "s[1:3]"}
    ssh: {port: "22[01:03]"}
"""
    houses = loaded(tmp_path, text).settings.bakers
    assert list(houses) == ["oven09", "oven10", "oven11"]
    assert [house.address for house in houses.values()] == ["10.0.0.19", "10.0.0.20", "10.0.0.21"]
    assert houses["oven11"].labels == {"shelf": "s3"}
    assert houses["oven11"].ssh.port == 2203


def test_a_host_that_is_no_range_keeps_its_brackets(tmp_path: Path) -> None:
    text = "bakers: {anna: {address: a, labels: {x: '[1:2]'}}}\n"
    assert loaded(tmp_path, text).settings.bakers["anna"].labels == {"x": "[1:2]"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("n[2:1]", "[2:1] runs backwards"),
        ("n[01:100]", "the ends of [01:100] are written with unlike widths"),
        ("n[1:99999999]", "[1:99999999] stands for more than 65536 hosts"),
        ("n[1:]", "`n[1:]` is not a name with one range, such as node[01:40]"),
        ("n[a:c]", "`n[a:c]` is not a name with one range, such as node[01:40]"),
        ("n[1:2]x[1:2]", "`n[1:2]x[1:2]` is not a name with one range, such as node[01:40]"),
        ("n[1:2", "`n[1:2` is not a name with one range, such as node[01:40]"),
        ("-[1:2]", "`-1` is not a host name: letters, digits, `.`, `-` and `_`"),
    ],
)
def test_a_bad_range_is_an_error_at_its_name(tmp_path: Path, name: str, reason: str) -> None:
    found = complaint(tmp_path, f"bakers:\n  '{name}': {{address: a}}\n")
    assert found.splitlines()[0] == f"inventory.yaml:2:3: {reason}"


def test_a_value_with_another_count_is_an_error_at_the_value(tmp_path: Path) -> None:
    found = complaint(tmp_path, "bakers:\n  n[1:2]:\n    address: 10.0.0.[1:3]\n")
    expected = "inventory.yaml:3:14: `10.0.0.[1:3]` stands for 3 values, but `n[1:2]` for 2 hosts"
    assert found.splitlines()[0] == expected


def test_a_range_within_braces_needs_quotes_and_the_message_says_so(tmp_path: Path) -> None:
    found = complaint(tmp_path, "bakers:\n  n[1:2]: {address: 10.0.0.[1:2]}\n")
    assert found.startswith("inventory.yaml:2:28: a [ within { }")
    assert found.endswith('→ a range within { } needs quotes: "10.0.0.[11:50]"')


def test_two_ranges_that_share_a_host_are_an_error(tmp_path: Path) -> None:
    text = "bakers:\n  n[1:3]: {address: '1.[1:3]'}\n  n[3:4]: {address: '2.[3:4]'}\n"
    assert complaint(tmp_path, text).startswith(
        "inventory.yaml:3:3: host n3 is in another range too (line 2)"
    )


@given(first=st.integers(0, 500), count=st.integers(1, 40), width=st.integers(3, 6))
def test_a_range_counts_up_without_gaps(first: int, count: int, width: int) -> None:
    text = f"node[{first:0{width}}:{first + count - 1:0{width}}].example"
    names = expand(text)
    assert [int(name[4 : 4 + width]) for name in names] == list(range(first, first + count))
    assert [in_step(text, index) for index in range(count)] == names


@given(st.text(alphabet="n[]:019-", max_size=12))
def test_any_text_is_expanded_or_refused(text: str) -> None:
    try:
        names = expand(text)
    except BadRange:
        return
    assert len(set(names)) == len(names) > 0
