"""Importing a module when it is first used: `invoke --list` and TAB run none of what the commands need."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any


class Later(ModuleType):
    """Stands for a module, and imports it when the first of its names is asked for.

    Type checkers see the module itself, so it is written as

        if TYPE_CHECKING:
            from workflows import commands
        else:
            commands = Later("workflows.commands")
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)
