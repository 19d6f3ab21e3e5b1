"""The inventory of these tests: a village of bakers and millers, since the loader knows no cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from nodewright.inventory import (
    Finding,
    Free,
    HostSettings,
    Inventory,
    InventoryError,
    InventoryModel,
    Settings,
    load,
)


class Lamp(Settings):
    colour: Literal["red", "green"] = "red"
    watts: int = 60


class Village(Settings):
    name: str
    """What the village is called."""
    lights: Literal["on", "off"] = "on"
    awake: bool = True
    version: str = "1.0"
    bell: str = ""
    wells: tuple[str, ...] = Field(default=("old",), min_length=1)
    lamps: tuple[Lamp, ...] = Field(default=(), max_length=3)
    anything: Mapping[str, Free] = {}


class House(HostSettings):
    labels: Mapping[str, str] = {}
    rooms: tuple[str, ...] = ()
    tuning: Mapping[str, Free] = {}
    source: str = Field(default="well", alias="from")


class Villages(InventoryModel):
    groups = ("bakers", "millers")
    one_group = "a baker mills as well"

    village: Village = Village(name="Nowhere")
    """The village as a whole."""
    bakers: Mapping[str, House] = {}
    millers: Mapping[str, House] = {}

    def findings(self) -> Iterable[Finding]:
        seen: set[str] = set()
        for group in self.groups:
            for name, house in self.hosts_of(group).items():
                if house.address in seen:
                    path = (group, name, "address")
                    yield Finding(f"{house.address} is given twice", path=path, advice="give each its own")
                seen.add(house.address)


def write(folder: Path, text: str, *, mode: int = 0o644) -> Path:
    """An inventory file in a folder."""
    path = folder / "inventory.yaml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def loaded(folder: Path, text: str, *, mode: int = 0o644) -> Inventory[Villages]:
    """The inventory of a text."""
    return load(write(folder, text, mode=mode), Villages)


def complaint(folder: Path, text: str, *, mode: int = 0o644) -> str:
    """All that is wrong with a text, as the user sees it, without the folder; empty where it loads."""
    try:
        loaded(folder, text, mode=mode)
    except InventoryError as error:
        return "\n".join(str(problem) for problem in error.problems).replace(f"{folder}/", "")
    return ""
