"""What the user reads when an inventory is wrong; each text here is the whole output."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nodewright.inventory import InventoryError, load
from tests.unit.inventory.village import Villages, complaint, write


def test_all_mistakes_are_shown_at_once_each_at_its_line(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """\
village:
  nam: Ham
  lights: of
bakers:
  anna: {adress: 10.0.0.1}
  bert:
    address: 10.0.0.2
    ssh: {port: 70000}
""",
    )
    with pytest.raises(InventoryError) as caught:
        load(path, Villages)
    assert (
        str(caught.value).replace(f"{tmp_path}/", "")
        == """\
4 problems in the inventory
    inventory.yaml:2:3: unknown key `nam`
          nam: Ham
          ^
      → did you mean `name`?

    inventory.yaml:3:11: `lights` should be on or off, not `of`
          lights: of
                  ^
      → did you mean `off`?

    inventory.yaml:5:10: unknown key `adress`
          anna: {adress: 10.0.0.1}
                 ^
      → did you mean `address`?

    inventory.yaml:8:17: `port` should be less than or equal to 65535, not `70000`
            ssh: {port: 70000}
                        ^
      → port: TCP port; by default the SSH configuration's, else 22."""
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", "inventory.yaml: the file is empty", id="empty"),
        pytest.param("# nothing\n", "inventory.yaml: the file is empty", id="only comments"),
        pytest.param(
            "- a\n",
            "inventory.yaml:1:1: an inventory is a map of settings\n    - a\n    ^",
            id="list at the top",
        ),
        pytest.param(
            "village:\n\tname: Ham\n",
            "inventory.yaml:2:1: a tab where YAML wants spaces\n    \tname: Ham\n    ^\n  → indent by spaces",
            id="tab",
        ),
        pytest.param(
            "village: {name: Ham}\n---\nvillage: {name: Egg}\n",
            "inventory.yaml:2:1: a second document starts here\n    ---\n    ^\n"
            "  → an inventory is one document",
            id="two documents",
        ),
        pytest.param(
            "village:\n  name: Ham\n  name: Egg\n",
            "inventory.yaml:3:3: `name` is here twice, first in line 2, column 3\n      name: Egg\n      ^\n"
            "  → remove one of them",
            id="key twice",
        ),
        pytest.param(
            "village: {name: Ham: Egg}\n",
            "inventory.yaml:1:20: a second `: ` in one value\n    village: {name: Ham: Egg}\n"
            "                       ^\n  → put quotes around the value",
            id="colon in a value within { }",
        ),
        pytest.param(
            "village: {\n  name: Ham: Egg}\n",
            "inventory.yaml:2:12: a second `: ` in one value, in what begins in line 1\n      name: Ham: Egg}\n"
            "               ^\n  → put quotes around the value",
            id="colon in a value in a further line",
        ),
        pytest.param(
            "village: {name: Ham\nbakers: {}\n",
            "inventory.yaml:1:10: a bracket that is not closed before line 2\n"
            "    village: {name: Ham\n             ^\n"
            "  → write } where it ends, or a comma at the end of line 1 where it goes on",
            id="no closing brace before a key",
        ),
        pytest.param(
            "village:\n  lamps: [{watts: 5}\n  name: Ham\n",
            "inventory.yaml:2:10: a bracket that is not closed before line 3\n"
            "      lamps: [{watts: 5}\n             ^\n"
            "  → write ] where it ends, or a comma at the end of line 2 where it goes on",
            id="no closing bracket before a key",
        ),
        pytest.param(
            "village: {name: Ham\n",
            "inventory.yaml:1:10: a bracket that needs } and has none\n    village: {name: Ham\n"
            "             ^\n  → write } where it ends",
            id="no closing brace at all",
        ),
        pytest.param(
            "village:\n  name: Ham: Egg\n",
            "inventory.yaml:2:12: a second `: ` in one line\n      name: Ham: Egg\n"
            "               ^\n  → put quotes around the value, or indent evenly",
            id="colon in a value",
        ),
        pytest.param(
            "village: {name: 'Ham}\n",
            "inventory.yaml:1:17: a quote that is never closed\n    village: {name: 'Ham}\n"
            "                    ^\n  → close it",
            id="open quote",
        ),
        pytest.param(
            "village: {name: @ham}\n",
            "inventory.yaml:1:17: a value cannot start with @\n    village: {name: @ham}\n"
            "                    ^\n  → put quotes around the value",
            id="at sign",
        ),
        pytest.param(
            "village: {name: *ham}\n",
            "inventory.yaml:1:17: an alias without its &anchor before it\n    village: {name: *ham}\n"
            "                    ^\n  → write the anchor further up",
            id="unknown anchor",
        ),
        pytest.param(
            "village: !ham {name: Ham}\n",
            "inventory.yaml:1:10: the tag !ham means nothing here\n    village: !ham {name: Ham}\n"
            "             ^\n  → remove it",
            id="tag",
        ),
        pytest.param(
            "village: {name: Ham, [a]: b}\n",
            "inventory.yaml:1:22: a key must be a text\n    village: {name: Ham, [a]: b}\n"
            "                         ^",
            id="list as key",
        ),
        pytest.param(
            "village: {name: Ham}\n<<: 3\n",
            "inventory.yaml:2:1: `<<` takes a map, or a list of maps\n    <<: 3\n    ^",
            id="merge of a number",
        ),
        pytest.param(
            "village: {name: Ham, bell: \x07}\n",
            "inventory.yaml:1:28: a control character\n    village: {name: Ham, bell: \u2407}\n"
            "                               ^\n  → remove it",
            id="control character",
        ),
        pytest.param(
            "village: {name: [Ham], awake: perhaps, anything: 3}\n",
            "inventory.yaml:1:17: `name` should be a text, not a list\n"
            "    village: {name: [Ham], awake: perhaps, anything: 3}\n"
            "                    ^\n  → name: What the village is called.\n"
            "inventory.yaml:1:31: `awake` should be true or false, not `perhaps`\n"
            "    village: {name: [Ham], awake: perhaps, anything: 3}\n"
            "                                  ^\n"
            "inventory.yaml:1:50: `anything` should be a map, not `3`\n"
            "    village: {name: [Ham], awake: perhaps, anything: 3}\n"
            "                                                     ^",
            id="wrong types",
        ),
        pytest.param(
            "village: {name: Ham, lamps: [{watts: 5}, {watt: 5}]}\n",
            "inventory.yaml:1:43: unknown key `watt`\n"
            "    village: {name: Ham, lamps: [{watts: 5}, {watt: 5}]}\n"
            "                                              ^\n  → did you mean `watts`?",
            id="in a list",
        ),
        pytest.param(
            "village: {name: Ham, lamps: [{}, {}, {}, {}]}\n",
            "inventory.yaml:1:29: `lamps` needs at most 3, and has 4\n"
            "    village: {name: Ham, lamps: [{}, {}, {}, {}]}\n                                ^",
            id="too many",
        ),
        pytest.param(
            "zoo: {}\n",
            "inventory.yaml:1:1: unknown key `zoo`\n    zoo: {}\n    ^\n"
            "  → known here: ssh, village, bakers, millers, defaults",
            id="unknown at the top",
        ),
        pytest.param(
            "bakers: [anna]\n",
            "inventory.yaml:1:9: `bakers` should map host names to their settings\n    bakers: [anna]\n"
            "            ^\n  → write `bakers: {NAME: {address: ADDRESS}}`",
            id="group as list",
        ),
        pytest.param(
            "bakers: {anna: 10.0.0.1}\n",
            "inventory.yaml:1:16: `anna` should be a map of the host's settings\n"
            "    bakers: {anna: 10.0.0.1}\n                   ^\n  → write `anna: {address: ADDRESS}`",
            id="host as text",
        ),
        pytest.param(
            "bakers: {anna/x: {address: a}}\n",
            "inventory.yaml:1:10: `anna/x` is not a host name: letters, digits, `.`, `-` and `_`\n"
            "    bakers: {anna/x: {address: a}}\n"
            "             ^",
            id="host name with a slash",
        ),
        pytest.param(
            "bakers:\n  anna: {address: a}\nmillers:\n  anna: {address: b}\n",
            "inventory.yaml:4:3: host anna is in two groups: in bakers too (line 2)\n"
            "      anna: {address: b}\n      ^\n  → remove it from `bakers` or from `millers`; a baker mills as well",
            id="host in two groups",
        ),
        pytest.param(
            "bakers:\n  anna: {address: a}\n  bert: {address: a}\n",
            "inventory.yaml:3:19: a is given twice\n      bert: {address: a}\n"
            "                      ^\n  → give each its own",
            id="finding of the model",
        ),
    ],
)
def test_message(tmp_path: Path, text: str, expected: str) -> None:
    assert complaint(tmp_path, text) == expected


def test_what_contradicts_itself_is_told_beside_what_is_wrong_by_itself(tmp_path: Path) -> None:
    text = "village: {lights: 3}\nbakers: {a: {address: x}, b: {address: x}, c: {labels: 3, address: x}}\n"
    found = complaint(tmp_path, text)
    assert "`name` is missing" in found
    assert "`lights` should be on or off" in found
    assert "`labels` should be a map" in found
    assert found.count("x is given twice") == 2


def test_nothing_is_said_of_a_contradiction_with_what_could_not_be_read(tmp_path: Path) -> None:
    text = "bakers: {a: {address: x}, b: {address: [x]}, c: x}\n"
    assert [line for line in complaint(tmp_path, text).splitlines() if line.startswith("inv")] == [
        "inventory.yaml:1:40: `address` should be a text, not a list",
        "inventory.yaml:1:49: `c` should be a map of the host's settings",
    ]


def test_a_wrong_item_does_not_make_its_list_too_short(tmp_path: Path) -> None:
    found = complaint(tmp_path, "village: {name: Ham, wells: [[deep]]}\n")
    assert "should be a text" in found
    assert "needs at least" not in found


def test_a_misspelt_key_is_not_missing_as_well(tmp_path: Path) -> None:
    found = complaint(tmp_path, "village: {nam: Ham}\n")
    assert "did you mean `name`?" in found
    assert "missing" not in found


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        pytest.param("village: {n\u0430me: Ham}\n", "`\u0430` is CYRILLIC SMALL LETTER A (U+0430)", id="key"),
        pytest.param("village: {name: Ham, lights: \u043en}\n", "CYRILLIC SMALL LETTER O", id="value"),
        pytest.param("bakers: {\u0430nna: {address: a}}\n", "CYRILLIC SMALL LETTER A", id="host"),
        pytest.param("village: {name:\u00a0Ham}\n", "NO-BREAK SPACE (U+00A0)", id="blank"),
        pytest.param("village: {name: Ham, awake: \u201ctrue\u201d}\n", "LEFT DOUBLE QUOTATION", id="quotes"),
    ],
)
def test_a_letter_that_only_looks_right_is_named(tmp_path: Path, text: str, letter: str) -> None:
    assert letter in complaint(tmp_path, text)


def test_a_contradiction_through_an_alias_is_told_where_the_alias_stands(tmp_path: Path) -> None:
    for text in (
        "bakers:\n  anna: &a {address: x}\n  bert: *a\n",
        "bakers:\n  anna: &a {address: x}\n  bert: {<<: *a, rooms: [hall]}\n",
        "bakers:\n  anna: {address: &a x}\n  bert: {address: *a}\n",
    ):
        assert complaint(tmp_path, text).startswith("inventory.yaml:3:")


def test_a_mistake_in_what_an_alias_stands_for_is_told_once_where_it_is_written(tmp_path: Path) -> None:
    found = complaint(tmp_path, "bakers:\n  anna: &a {address: [x]}\n  bert: *a\n")
    assert found.startswith("inventory.yaml:2:")
    assert found.count("inventory.yaml") == 1


def test_a_mistake_in_defaults_is_told_once_and_not_for_each_host(tmp_path: Path) -> None:
    text = "defaults: {label: {}}\nbakers: {a: {address: a}, b: {address: b}}\n"
    assert complaint(tmp_path, text).count("unknown key `label`") == 1


def test_a_mistake_in_a_range_is_told_once_and_not_for_each_host(tmp_path: Path) -> None:
    text = "bakers:\n  oven[1:30]:\n    address: 10.0.0.[1:30]\n    ssh: {port: 'x[1:30]'}\n"
    assert complaint(tmp_path, text).count("`port` should be a whole number") == 1


def test_a_value_cannot_play_with_the_terminal(tmp_path: Path) -> None:
    found = complaint(tmp_path, 'village: {name: Ham, lights: "\\e[31mred\\nroof"}\n')
    assert found.startswith(
        "inventory.yaml:1:30: `lights` should be on or off, not `\u241b[31mred\u2424roof`"
    )


def test_a_key_given_twice_hides_no_other_mistake(tmp_path: Path) -> None:
    found = complaint(tmp_path, "village: {name: Ham, name: Egg}\nzoo: {}\n")
    assert "`name` is here twice" in found
    assert "unknown key `zoo`" in found


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match=r"missing\.yaml: no such file"):
        load(tmp_path / "missing.yaml", Villages)


def test_a_directory(tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match="is a directory, not a file"):
        load(tmp_path, Villages)


def test_a_file_that_this_user_may_not_read(tmp_path: Path) -> None:
    path = write(tmp_path, "village: {name: Ham}\n", mode=0o600)
    os.seteuid(65534)
    try:
        with pytest.raises(InventoryError, match="may not be read by this user"):
            load(path, Villages)
    finally:
        os.seteuid(0)


def test_bytes_that_are_no_utf8_are_named_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_bytes("village:\n  name: Dürb\xe4ch\n".encode().replace("ä".encode(), b"\xe4"))
    with pytest.raises(InventoryError, match=r"inventory\.yaml:2:13: byte 0xe4 is not UTF-8"):
        load(path, Villages)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_bytes(b"\xef\xbb\xbfvillage: {name: Ham}\n")
    assert load(path, Villages).settings.village.name == "Ham"


@pytest.mark.parametrize(
    "text", ["[" * 200_000, "- " * 200_000, "{a: " * 200_000], ids=["lists", "dashes", "maps"]
)
def test_nesting_without_end_is_an_error_and_no_crash(tmp_path: Path, text: str) -> None:
    assert "nested more than 100 levels deep" in complaint(tmp_path, text)


def test_aliases_that_multiply_without_end_are_an_error_and_use_no_memory(tmp_path: Path) -> None:
    levels = "".join(f"  l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 30))
    found = complaint(tmp_path, f"village:\n  l0: &l0 x\n{levels}")
    assert found.startswith("inventory.yaml:9:7: aliases that multiply to millions of values")


def test_a_public_key_is_no_private_key(tmp_path: Path) -> None:
    found = complaint(tmp_path, "ssh: {key: keys/id.pub}\n")
    assert found.splitlines()[0] == "inventory.yaml:1:12: keys/id.pub is a public key"
    assert found.endswith("→ write the private one's name, keys/id")


def test_blanks_at_the_end_of_a_text_are_not_swallowed(tmp_path: Path) -> None:
    assert "→ write `baker`" in complaint(tmp_path, "ssh: {user: 'baker '}\n")


def test_a_very_long_line_is_cropped_around_its_place(tmp_path: Path) -> None:
    shown = complaint(tmp_path, "village: {name: Ham, bell: " + "x" * 10_000 + ", zoo: 1}\n").splitlines()
    assert len(shown[1]) < 200
    assert shown[1][shown[2].index("^") :].startswith("zoo")


@pytest.mark.parametrize(
    "line",
    [
        "ssh: {sudo_pasword: hunter2, zoo: 1}",
        "ssh: {pasword: 'hun,ter2', zoo: 1}",
        'ssh: {"sudo_pasword": "hun,ter2", zoo: 1}',
        "ssh: {zoo: 1, sudo_password: [hunter2]}",
        "sudo_pasword: hun,ter2",
        "sudo_pasword: 'hun' 'ter2'",
        "sudo_pasword: token: hunter2",
        "ssh: {passphrase: {fiel: hunter2}}",
    ],
)
def test_no_message_shows_what_sounds_like_a_secret(tmp_path: Path, line: str) -> None:
    found = complaint(tmp_path, line + "\n", mode=0o600)
    assert found
    assert "ter2" not in found


def test_the_caret_stays_under_its_place_behind_a_masked_secret(tmp_path: Path) -> None:
    shown = complaint(tmp_path, "ssh: {password: hunter2hunter2, zoo: 1}\n", mode=0o600).splitlines()
    assert shown[1][shown[2].index("^") :].startswith("zoo")


def test_the_file_is_called_as_the_user_named_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "zoo: {}\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InventoryError, match=r"inventory\.yaml:1:1: unknown key `zoo`") as caught:
        load("inventory.yaml", Villages)
    assert caught.value.problems[0].where == "inventory.yaml:1:1"
