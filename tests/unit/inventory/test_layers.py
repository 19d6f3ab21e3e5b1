"""Defaults, groups, ranges and hosts: who overrides whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from nodewright.inventory import explain
from tests.unit.inventory.village import complaint, loaded

EVERY_LEVEL = """\
ssh: {user: ssh, port: 1, connect_timeout: 1}
defaults:
  ssh: {port: 2}
  labels: {ssh: no, defaults: d, group: d, range: d, host: d}
bakers:
  defaults:
    labels: {group: g, range: g, host: g}
  oven[1:3]:
    address: 10.0.0.[1:3]
    labels: {range: r, host: r}
  oven2:
    labels: {host: h}
"""


def test_the_more_special_level_wins_key_by_key(tmp_path: Path) -> None:
    house = loaded(tmp_path, EVERY_LEVEL).settings.bakers["oven2"]
    assert house.labels == {"ssh": "no", "defaults": "d", "group": "g", "range": "r", "host": "h"}
    assert (house.ssh.user, house.ssh.port, house.ssh.connect_timeout) == ("ssh", 2, 1.0)


def test_a_host_of_a_range_without_an_entry_of_its_own_keeps_the_ranges_settings(tmp_path: Path) -> None:
    assert loaded(tmp_path, EVERY_LEVEL).settings.bakers["oven3"].labels["host"] == "r"


def test_the_order_of_a_range_and_an_entry_in_the_file_does_not_matter(tmp_path: Path) -> None:
    text = """\
bakers:
  oven2: {labels: {a: host}}
  oven[1:2]:
    address: 10.0.0.[1:2]
    labels: {a: range}
"""
    assert loaded(tmp_path, text).settings.bakers["oven2"].labels == {"a": "host"}


def test_another_groups_defaults_do_not_apply(tmp_path: Path) -> None:
    text = "bakers: {defaults: {labels: {a: b}}, anna: {address: a}}\nmillers: {mia: {address: m}}\n"
    assert loaded(tmp_path, text).settings.millers["mia"].labels == {}


def test_lists_replace(tmp_path: Path) -> None:
    text = "defaults: {rooms: [hall, attic]}\nbakers: {anna: {address: a, rooms: [cellar]}}\n"
    assert loaded(tmp_path, text).settings.bakers["anna"].rooms == ("cellar",)


def test_an_empty_list_takes_away_what_a_weaker_level_says(tmp_path: Path) -> None:
    text = "defaults: {rooms: [hall]}\nbakers: {anna: {address: a, rooms: []}}\n"
    assert loaded(tmp_path, text).settings.bakers["anna"].rooms == ()


def test_a_map_replaces_a_value_that_is_no_map(tmp_path: Path) -> None:
    text = "defaults: {tuning: {x: 1}}\nbakers: {anna: {address: a, tuning: {x: {y: 2}}}}\n"
    assert loaded(tmp_path, text).settings.bakers["anna"].tuning == {"x": {"y": 2}}


def test_a_secret_reference_replaces_another_one_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VILLAGE", "bread")
    text = "ssh: {password: {file: nowhere}}\nbakers: {anna: {address: a, ssh: {password: {env: VILLAGE}}}}\n"
    complaints = complaint(tmp_path, text).splitlines()
    assert complaints[0].startswith("inventory.yaml:1:17: the secret")
    text = text.replace("ssh: {password: {file: nowhere}}", "defaults: {ssh: {password: {file: nowhere}}}")
    password = loaded(tmp_path, text).settings.bakers["anna"].ssh.password
    assert password is not None
    assert password.reveal() == "bread"


def test_hosts_keep_the_order_of_the_groups_and_the_file(tmp_path: Path) -> None:
    text = """\
millers: {zoe: {address: z}}
bakers:
  bert: {address: b}
  anna: {address: a}
"""
    assert list(loaded(tmp_path, text).hosts) == ["bert", "anna", "zoe"]


def test_an_empty_group_has_no_hosts(tmp_path: Path) -> None:
    assert loaded(tmp_path, "bakers:\nmillers: {}\n").hosts == {}


def test_explain_names_the_level_and_line_of_each_setting(tmp_path: Path) -> None:
    found = explain(loaded(tmp_path, EVERY_LEVEL), "oven2")
    told = [(line.setting, line.value, line.level, line.where.rpartition(":")[2]) for line in found]
    expected = [
        ("address", "10.0.0.2", "bakers oven[1:3]", "9"),
        ("ssh.port", "2", "defaults", "3"),
        ("ssh.user", "ssh", "ssh", "1"),
        ("ssh.keepalive", "15.0", "built in", ""),
        ("labels.ssh", "no", "defaults", "4"),
        ("labels.group", "g", "bakers defaults", "7"),
        ("labels.range", "r", "bakers oven[1:3]", "10"),
        ("labels.host", "h", "bakers oven2", "12"),
        ("rooms", "[]", "built in", ""),
    ]
    assert [line for line in told if line in expected] == expected


def test_explain_calls_settings_by_their_keys_in_the_file(tmp_path: Path) -> None:
    found = explain(loaded(tmp_path, "bakers: {anna: {address: a, from: river}}\n"), "anna")
    told = [(line.setting, line.value, line.level) for line in found if line.value == "river"]
    assert told == [("from", "river", "bakers anna")]


def test_explain_masks_secrets(tmp_path: Path) -> None:
    text = "bakers: {anna: {address: a, ssh: {password: hunter2}}}\n"
    found = explain(loaded(tmp_path, text, mode=0o600), "anna")
    assert "hunter2" not in repr(found)
    assert [line.value for line in found if line.setting == "ssh.password"] == ["••••••"]


def test_explain_of_an_unknown_host_names_the_known_ones(tmp_path: Path) -> None:
    inventory = loaded(tmp_path, "bakers: {anna: {address: a}}\n")
    with pytest.raises(Exception, match="has no host bert") as caught:
        explain(inventory, "bert")
    assert "anna" in str(caught.value)
