"""Secrets do not show, however they are printed."""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodewright.secret import MASK, Secret, mask

values = st.text(st.characters(codec="utf-8"), min_size=9, max_size=80)
anything = st.text(st.characters(exclude_characters=MASK))


def test_a_secret_hides_itself() -> None:
    assert f"{Secret('hunter2')} {Secret('hunter2')!r} {[Secret('hunter2')]}".count(MASK) == 3


@pytest.mark.parametrize(
    "written",
    [
        str,
        shlex.quote,
        json.dumps,
        lambda value: json.dumps(value, ensure_ascii=False),
        lambda value: quote(value, safe=""),
        lambda value: base64.b64encode(value.encode()).decode(),
        lambda value: base64.urlsafe_b64encode(value.encode()).decode(),
    ],
    ids=["plain", "shell", "json", "json-utf-8", "url", "base64", "base64-url"],
)
@given(value=values)
def test_a_secret_is_masked_in_whatever_guise(written: Callable[[str], str], value: str) -> None:
    shown = mask(f"before {written(value)} after", [Secret(value)])
    assert written(value) not in shown
    assert MASK in shown


@given(before=st.binary(max_size=5), value=values, after=st.binary(max_size=5))
def test_a_secret_is_masked_amid_what_is_base64_as_a_whole(before: bytes, value: str, after: bytes) -> None:
    shown = mask(base64.b64encode(before + value.encode() + after).decode(), [Secret(value)])
    left = base64.b64decode(shown.partition(MASK)[0][: len(shown.partition(MASK)[0]) // 4 * 4])
    assert MASK in shown
    assert len(left) <= len(before)


def test_key_material_in_a_secret_text_is_masked_by_itself_and_what_says_nothing_is_not() -> None:
    line = base64.b64encode(bytes(range(48))).decode()
    key = Secret(f"-----BEGIN KEY-----\n{line}\n-----END KEY-----\n")
    shown = mask(f"+-----BEGIN KEY-----\n+{line}\n", [key])
    assert shown == f"+-----BEGIN KEY-----\n+{MASK}\n"


def test_of_two_secrets_the_longer_one_is_masked_whole() -> None:
    assert mask("hunter2000", [Secret("hunter2"), Secret("hunter2000")]) == MASK


def test_an_empty_secret_masks_nothing() -> None:
    assert mask("all is well", [Secret("")]) == "all is well"


def test_what_is_no_secret_stays_as_it_is() -> None:
    assert mask("aHVudGVyMg is not it", [Secret("hunter2000")]) == "aHVudGVyMg is not it"


@given(secret=anything, text=anything)
def test_anything_can_be_a_secret(secret: str, text: str) -> None:
    assert secret == "" or secret not in mask(f"{text}{secret}{text}", [Secret(secret)])
