"""Makes an inventory's JSON Schema for editors: `# yaml-language-server: $schema=inventory.schema.json`."""

from __future__ import annotations

from typing import Any

from nodewright.inventory.hosts import DEFAULTS
from nodewright.inventory.models import InventoryModel

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(model: type[InventoryModel]) -> dict[str, Any]:
    """Returns the schema of the file that `load` takes, with the models' documentation as descriptions.

    A host's settings may come from `defaults`, so nothing in them is required here, though `load` insists.
    """
    result = {"$schema": _DIALECT, **model.model_json_schema()}
    definitions = result["$defs"]
    for group in model.groups:
        hosts = result["properties"][group]
        settings = hosts["additionalProperties"]
        definitions[settings["$ref"].rpartition("/")[2]].pop("required", None)
        hosts["additionalProperties"] = {"anyOf": [settings, {"type": "null"}]}
        hosts["properties"] = {DEFAULTS: {**settings, "description": f"For all hosts of {group}."}}
        result["properties"][DEFAULTS] = {**settings, "description": "For all hosts."}
    for definition in [result, *definitions.values()]:
        for setting in definition.get("properties", {}).values():
            _accept_numbers_as_text(setting)
    return result


def _accept_numbers_as_text(setting: dict[str, Any]) -> None:
    """Lets `version: 1.30` pass, since the loader takes it as it is written."""
    for option in [setting, *setting.get("anyOf", [])]:
        if option.get("type") == "string" and "format" not in option:
            option["type"] = ["string", "number"]
