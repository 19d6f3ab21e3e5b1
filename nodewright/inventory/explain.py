"""Explains a host's effective settings: the value of each, and the line of the inventory it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from nodewright.errors import ConfigurationError
from nodewright.inventory.load import Inventory
from nodewright.inventory.problems import Path

BUILT_IN = "built in"


@dataclass(frozen=True, kw_only=True)
class Explained:
    """Holds one effective setting of a host.

    Args:
        setting: its path within the host's settings, with dots.
        value: in YAML, secrets masked.
        level: the level that sets it: `built in`, `ssh`, `defaults`, `workers defaults`, or group and host or range.
        where: `file:line`; empty if it is built in.
    """

    setting: str
    value: str
    level: str
    where: str


def explain(inventory: Inventory[Any], host: str) -> tuple[Explained, ...]:
    """Returns each effective setting of a host and where its value comes from, in the order of the model.

    Raises:
        ConfigurationError: the inventory has no such host.
    """
    if host not in inventory.hosts:
        raise ConfigurationError(
            f"the inventory has no host {host}", advice=f"its hosts: {', '.join(inventory.hosts)}"
        )
    (group,) = inventory.hosts[host].groups
    settings = inventory.settings.hosts_of(group)[host]
    return tuple(_explained(inventory, host, path, value) for path, value in _leaves(settings))


def _explained(inventory: Inventory[Any], host: str, path: Path, value: Any) -> Explained:
    source = inventory.source
    layer, place = source.origin(host, path)
    line = place.key.line if place.key else place.node.position.line
    return Explained(
        setting=".".join(map(str, path)),
        value=_text(value),
        level=layer.level if layer else BUILT_IN,
        where=f"{source.document.file}:{line}" if layer else "",
    )


def _leaves(value: Any) -> Iterator[tuple[Path, Any]]:
    """Yields the values below a map of settings that are no maps themselves; an empty map is one too."""
    for key, item in _named(value) if isinstance(value, BaseModel) else value.items():
        if isinstance(item, BaseModel) or (isinstance(item, Mapping) and item):
            yield from (((key, *path), leaf) for path, leaf in _leaves(item))
        else:
            yield (key,), item


def _named(model: BaseModel) -> Iterator[tuple[str, Any]]:
    """Yields a model's values by their keys in the file."""
    for name, field in type(model).model_fields.items():
        yield field.alias or name, getattr(model, name)


def _text(value: Any) -> str:
    if value is None or (
        isinstance(value, bool | int | float | Mapping | Sequence) and not isinstance(value, str)
    ):
        return json.dumps(value, default=str, ensure_ascii=False)
    return str(value)
