"""Loads an inventory file: returns typed settings and hosts, or raises everything that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from nodewright.inventory.document import read_document
from nodewright.inventory.fields import Surroundings, is_private
from nodewright.inventory.hosts import DEFAULTS, collect_hosts
from nodewright.inventory.messages import problems_of
from nodewright.inventory.models import InventoryModel
from nodewright.inventory.partial import partial
from nodewright.inventory.problems import Finding, InventoryError, InventoryProblem, Unread
from nodewright.inventory.source import Source
from nodewright.workflow.context import Host

ModelT = TypeVar("ModelT", bound=InventoryModel)


@dataclass(frozen=True)
class Inventory(Generic[ModelT]):
    """Holds a valid inventory.

    Args:
        settings: the whole file, typed; each host's settings in it are the effective ones.
        hosts: its hosts by name, in its order, group by group.
        source: finds the place of each setting.
        unset: unset environment variables that secrets refer to; those secrets are empty.
    """

    settings: ModelT
    hosts: Mapping[str, Host[Any]]
    source: Source = field(repr=False)
    unset: frozenset[str] = frozenset()

    def problem(self, finding: Finding) -> InventoryProblem:
        """Returns a finding at its line, for what shows only later, for example when facts are known."""
        return self.source.problem_of(finding)


def load(path: str | FilePath, model: type[ModelT], *, for_run: bool = True) -> Inventory[ModelT]:
    """Returns the inventory that a file holds.

    Args:
        path: the file, as messages name it.
        model: the type of the whole file.
        for_run: secrets from the environment must be set; a file can be checked without them.

    Raises:
        InventoryError: holds everything that is wrong with the file, including what the model's own `findings`
            say of its valid parts.
    """
    file = FilePath(path).absolute()
    document = read_document(file, str(path))
    root = document.root
    if not isinstance(root.data, dict):
        not_a_map = document.problem(root.position, "an inventory is a map of settings")
        raise InventoryError([*document.problems, not_a_map])
    hosts = collect_hosts(document, model.groups, model.one_group)
    source = Source(file, document, hosts.entries)
    data: dict[str, Any] = {key: value for key, value in root.data.items() if key != DEFAULTS}
    data |= {group: {} for group in model.groups if group in data}
    for name, entry in hosts.entries.items():
        data[entry.group][name] = entry.settings()

    problems = [*document.problems, *hosts.problems]
    unset: set[str] = set()
    context = Surroundings(file.parent, is_private(file), None if for_run else unset)
    try:
        settings = model.model_validate(data, context=context)
    except ValidationError as error:
        problems += problems_of(
            error, source, data, model=model, reserved=[DEFAULTS], incomplete=hosts.incomplete
        )
        settings = partial(model, data, context)
    for group in hosts.incomplete:
        settings.__dict__.pop(group, None)
    problems += _contradictions(source, settings)
    if problems:
        raise InventoryError(problems)
    return Inventory(settings, _hosts(settings), source, frozenset(unset))


def _contradictions(source: Source, settings: InventoryModel) -> list[InventoryProblem]:
    """Returns what the model's own `findings` say, as far as valid settings allow."""
    problems = []
    with suppress(Unread):
        for finding in settings.findings():
            problems.append(source.problem_of(finding))
    return problems


def _hosts(model: InventoryModel) -> dict[str, Host[Any]]:
    hosts: dict[str, Host[Any]] = {}
    for group in model.groups:
        for name, settings in model.hosts_of(group).items():
            hosts[name] = Host(
                name=name,
                address=str(settings.address),
                groups=(group,),
                target=settings.ssh.target(name, str(settings.address)),
                settings=model.settings_of(group, name),
            )
    return hosts
