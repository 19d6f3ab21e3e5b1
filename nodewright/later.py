"""Imports a module when it is first used, so that `invoke --list` and TAB do not load what commands need."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any


class Later(ModuleType):
    """Stands for a module, and imports it when its first name is used.

    Type checkers have to see the module itself, so write

        if TYPE_CHECKING:
            from workflows import commands
        else:
            commands = Later("workflows.commands")
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)
