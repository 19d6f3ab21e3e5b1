"""The JSON Schema for editors."""

from __future__ import annotations

from typing import Any

import pytest

from nodewright.inventory import schema
from tests.unit.inventory.village import Villages


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return schema(Villages)


def test_what_is_written_below_a_field_describes_it(found: dict[str, Any]) -> None:
    assert found["$defs"]["Village"]["properties"]["name"]["description"] == "What the village is called."
    assert found["$defs"]["SshSettings"]["properties"]["sudo_password"]["description"].startswith("For sudo")


def test_defaults_are_known_at_the_top_and_in_each_group(found: dict[str, Any]) -> None:
    assert found["properties"]["defaults"]["$ref"] == "#/$defs/House"
    assert found["properties"]["millers"]["properties"]["defaults"]["$ref"] == "#/$defs/House"


def test_a_host_need_not_repeat_what_its_group_says(found: dict[str, Any]) -> None:
    assert "required" not in found["$defs"]["House"]
    assert {"type": "null"} in found["properties"]["bakers"]["additionalProperties"]["anyOf"]


def test_unknown_keys_are_refused(found: dict[str, Any]) -> None:
    assert found["additionalProperties"] is False
    assert found["$defs"]["House"]["additionalProperties"] is False


def test_a_secret_is_a_reference_or_a_text(found: dict[str, Any]) -> None:
    password = found["$defs"]["SshSettings"]["properties"]["password"]
    options = [option.get("$ref", option.get("type")) for option in password["anyOf"]]
    assert options == ["#/$defs/EnvReference", "#/$defs/FileReference", ["string", "number"], "null"]


def test_a_number_may_stand_where_a_text_is_wanted(found: dict[str, Any]) -> None:
    assert found["$defs"]["Village"]["properties"]["version"]["type"] == ["string", "number"]
