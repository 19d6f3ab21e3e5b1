"""Blocks of shell in Python: dedented, with texts put in where they belong and never changed by it."""

from __future__ import annotations

import pytest

from nodewright.script.shell import literally, renamed, sh


def test_a_block_has_not_the_indentation_of_the_python_around_it() -> None:
    block = sh(
        """
        if [ -e /etc/app ]; then
          rm -f /etc/app
        fi
        """
    )

    assert block == "if [ -e /etc/app ]; then\n  rm -f /etc/app\nfi"


def test_an_inserted_text_is_indented_as_its_place_is() -> None:
    block = sh("if ready; then\n  @work\nfi", work="one\nif two; then\n  three\nfi")

    assert block == "if ready; then\n  one\n  if two; then\n    three\n  fi\nfi"


def test_an_empty_text_leaves_no_line() -> None:
    assert sh("one\n@nothing\ntwo", nothing="") == "one\ntwo"


def test_a_text_within_a_line_stays_in_it() -> None:
    assert sh('[ "$(cat @file)" = @digest ]', file="/a", digest="1") == '[ "$(cat /a)" = 1 ]'


@pytest.mark.parametrize(
    "text",
    [
        literally("cat >/etc/app", "one\ntwo\n"),
        "awk '{\n  print\n}' /etc/app",
        'echo "one\ntwo"',
        'echo \'"\' "\n"',
    ],
)
def test_a_text_that_indentation_might_change_is_put_in_as_it_is(text: str) -> None:
    assert sh("if ready; then\n  @text\nfi", text=text) == f"if ready; then\n  {text}\nfi"


def test_what_is_inserted_is_not_looked_through_for_places() -> None:
    assert sh("@first\n@second", first="@second", second="b") == "@second\nb"


def test_the_arguments_of_the_shell_are_no_place() -> None:
    assert sh('set -- "$@" "$name"') == 'set -- "$@" "$name"'


def test_a_place_without_a_text_and_a_text_without_a_place_are_errors() -> None:
    with pytest.raises(TypeError, match="do not fit"):
        sh("@one")
    with pytest.raises(TypeError, match="do not fit"):
        sh("one", two="2")


def test_a_file_that_is_written_whole_takes_its_place_by_a_rename() -> None:
    assert renamed('"$ours"', "echo text >@new") == 'echo text >"$ours".new\nmv -fT "$ours".new "$ours"'
