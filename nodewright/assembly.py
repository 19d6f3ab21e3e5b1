"""From jobs to the text of a script: runs the roles, fills in what other hosts gave. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from nodewright.context import Context, Role
from nodewright.script import Section
from nodewright.secret import Secret
from nodewright.step import Step
from nodewright.workflow import Input, Stage, variable

#: Makes the context of the host at hand, given the names of the inputs' variables.
Contexts = Callable[[Mapping[str, str]], Context[Any]]

OWN_MACHINE = "a reboot is due, and nodewright runs on this very machine: reboot it yourself, then run again"


def section(stage: Stage, context: Contexts, *, own_machine: bool) -> Section:
    """A stage's steps for one host.

    Args:
        own_machine: the host is the one we run on, so its steps must not reboot it.

    Raises:
        Whatever a role raises.
    """
    names = {name: variable(name) for entry in stage.inputs for name in entry.names}
    return _section(stage.name, stage.roles, context(names), own_machine)


def exchange_section(entry: Input, role: Role[Any], context: Contexts, *, own_machine: bool) -> Section:
    """The steps of an input's offer or revoke."""
    names = {name: variable(name) for name in entry.names}
    return _section(" ".join(entry.names), (role,), context(names), own_machine)


def variables(entries: Iterable[Input], values: Mapping[str, Secret]) -> dict[str, str | Secret]:
    """The preamble's variables for inputs: the given values, empty where none was given."""
    return {variable(name): values.get(name, "") for entry in entries for name in entry.names}


def _section(name: str, roles: Iterable[Role[Any]], context: Context[Any], own_machine: bool) -> Section:
    steps = tuple(step for role in roles for step in role(context))
    return Section(name, tuple(_without_reboots(steps) if own_machine else steps))


def _without_reboots(steps: Iterable[Step]) -> Iterator[Step]:
    refusal = f"printf '%s\\n' {shlex.quote(OWN_MACHINE)}\nexit 1"
    return (replace(step, apply=refusal, reboots=False) if step.reboots else step for step in steps)
