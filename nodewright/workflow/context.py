"""Defines what a role sees: its host, the settings, and the facts of the hosts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from nodewright.facts.fragment import Facts
from nodewright.script.step import Step
from nodewright.transport import Target

SettingsT = TypeVar("SettingsT")


@dataclass(frozen=True, kw_only=True)
class Host(Generic[SettingsT]):
    """Holds one machine of the inventory.

    Args:
        name: its name there, unique.
        address: the address that the other hosts use for it.
        groups: the groups of the inventory that it is in, for example `workers`.
        target: how the operator reaches it.
        settings: merged (defaults < group < host), typed by the inventory's model.
    """

    name: str
    address: str
    groups: tuple[str, ...]
    target: Target
    settings: SettingsT


@dataclass(frozen=True, kw_only=True)
class Context(Generic[SettingsT]):
    """Holds what a role is given: pure data, the same for plan and apply.

    Args:
        host: the host that the steps are for.
        hosts: all hosts of the inventory by name, in its order.
        facts: the facts of each reachable host, by name; `context.mine` holds the host's own.
        inputs: name of an output → name of the shell variable that holds another host's value. The values are
            empty in a plan.
    """

    host: Host[SettingsT]
    hosts: Mapping[str, Host[SettingsT]]
    facts: Mapping[str, Facts]
    inputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> SettingsT:
        """Returns the host's settings."""
        return self.host.settings

    @property
    def mine(self) -> Facts:
        """Returns the facts of this host."""
        return self.facts[self.host.name]


Role = Callable[[Context[SettingsT]], Iterator[Step]]
