"""Refuses what the command line or Invoke's configuration says in vain, and says what to use instead."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from traceback import walk_tb
from types import FrameType, TracebackType
from typing import Any

from invoke.collection import Collection
from invoke.config import Config
from invoke.exceptions import ParseError
from invoke.program import Program

from nodewright.errors import ConfigurationError

#: Maps Invoke's settings for its own shell commands, of which nodewright runs none, to the option and what to use
#: instead.
_INSTEAD: Mapping[tuple[str, ...], tuple[str, str]] = {
    ("run", "dry"): ("--dry", "`invoke plan` shows what would change, and changes nothing"),
    ("run", "echo"): ("--echo", "`invoke plan` shows what would change, runs/ has what each run did"),
    ("run", "hide"): ("--hide", "write what is printed to a file, with > FILE"),
    ("run", "pty"): ("--pty", "hosts are given a script, which no terminal reads"),
    ("run", "warn"): (
        "--warn-only",
        "a host that fails never stops the others; run the command again for it",
    ),
    ("timeouts", "command"): (
        "--command-timeout",
        "each step has a timeout of its own; for connecting the inventory has `ssh: {connect_timeout: SECONDS}`",
    ),
    ("sudo", "password"): (
        "--prompt-for-sudo-password",
        "write `ssh: {sudo_password: {env: SUDO_PASSWORD}}` in the inventory; then "
        "`read -rs SUDO_PASSWORD` and `export SUDO_PASSWORD` before the command",
    ),
}
_SHARED_OPTIONS = ("inventory", "limit")
_PREFIX = "INVOKE_"
#: Variables that Invoke reads besides those of its settings.
_VARIABLES = ("INVOKE_DEBUG", "INVOKE_RUNTIME_CONFIG")

Warn = Callable[[str], None]


def look(config: Config, namespace: Collection, warn: Warn) -> None:
    """Checks the whole command line and Invoke's configuration before the first command.

    Args:
        config: Invoke's configuration, all levels loaded.
        namespace: all commands, with their own settings.
        warn: gets what is suspicious and does not stop the command.

    Raises:
        ConfigurationError: something would be ignored, or the commands of a chain mean different clusters or hosts.
    """
    known = _leaves({**Config.global_defaults(), **namespace.configuration()})
    _files(config, known)
    _variables(config, known, warn)
    _options(config)
    _chain(config, namespace)
    _inventory(config)


def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Ends Python with one message where Invoke could not read its configuration or a password, else as usual.

    Invoke reads files and asks for a sudo password outside of all commands. Python passes the errors of that to
    `sys.excepthook`.
    """
    frames = [frame for frame, _ in walk_tb(trace)]
    modules = {frame.f_globals.get("__name__") for frame in frames}
    if "invoke.config" in modules:
        told = _broken(frames, error)
    elif isinstance(error, EOFError) and "getpass" in modules:
        told = _without_effect(("sudo", "password"))
    else:
        sys.__excepthook__(kind, error, trace)
        return
    print(told, file=sys.stderr)
    raise SystemExit(ConfigurationError.exit_code)


def _broken(frames: Sequence[FrameType], error: BaseException) -> ConfigurationError:
    """Returns an error that says what is wrong with a configuration file, as far as the failed calls tell."""
    file = next((frame.f_locals["filepath"] for frame in frames if frame.f_code.co_name == "_load_file"), "")
    mark = getattr(error, "problem_mark", None)
    where = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark is not None else file
    reason = getattr(error, "problem", None) or str(error).partition("\n")[0]
    return ConfigurationError(
        f"{where} cannot be read: {reason}"
        if where
        else "a configuration file of Invoke is no map of settings",
        advice="invoke.yaml, or the file that -f names, is a map such as `inventory: lab.yaml`: correct or remove it",
    )


def _files(config: Config, known: set[tuple[str, ...]]) -> None:
    """Checks invoke.yaml and the file that -f names; the user's and the system's files serve other projects too.

    In those two it refuses only a key that resembles `inventory`.
    """
    if config._runtime_path and not config._runtime_found:
        raise ConfigurationError(f"there is no configuration file {config._runtime_path} (--config)")
    for file, data in ((config._project_path, config._project), (config._runtime_path, config._runtime)):
        for path in _leaves(data):
            name = ".".join(path)
            if path in _INSTEAD:
                raise ConfigurationError(f"`{name}` in {file} has no effect here", advice=_INSTEAD[path][1])
            if path not in known and path[0] not in {"tasks", "runners"}:
                raise ConfigurationError(
                    f"unknown key `{name}` in {file}", advice=_meant(name, ["inventory"])
                )
    for file, data in ((config._user_path, config._user), (config._system_path, config._system)):
        for key in data or {}:
            if (key,) not in known and get_close_matches(key, ["inventory"], cutoff=0.8):
                raise ConfigurationError(f"unknown key `{key}` in {file}", advice=_meant(key, ["inventory"]))


def _variables(config: Config, known: set[tuple[str, ...]], warn: Warn) -> None:
    """Checks INVOKE_ variables: refuses one that resembles ours, and warns of any other that is unknown."""
    names = {_PREFIX + "_".join(path).upper(): path for path in known}
    for name in sorted(os.environ):
        if not name.startswith(_PREFIX) or name in _VARIABLES:
            continue
        path = names.get(name)
        if path is not None and path in _INSTEAD:
            raise ConfigurationError(f"{name} has no effect here", advice=_INSTEAD[path][1])
        if path is None and get_close_matches(name, ["INVOKE_INVENTORY"], cutoff=0.8):
            raise ConfigurationError(f"{name} means nothing", advice="did you mean INVOKE_INVENTORY?")
        if path is None:
            warn(f"warning: {name} means nothing here; the inventory is named by INVOKE_INVENTORY")


def _options(config: Config) -> None:
    for path in _leaves(config._overrides):
        if path in _INSTEAD:
            raise _without_effect(path)


def _without_effect(path: tuple[str, ...]) -> ConfigurationError:
    option, instead = _INSTEAD[path]
    return ConfigurationError(f"nothing was done: {option} would have no effect here", advice=instead)


def _chain(config: Config, namespace: Collection) -> None:
    """Raises ConfigurationError where commands in a row have different inventories or limits."""
    program = Program()
    program.normalize_argv(None)
    program.parse_core_args()
    program.config, program.collection = config, namespace
    try:
        program.parse_tasks()
    except ParseError:
        return  # commands of the user's own, which are not ours to compare
    for option in _SHARED_OPTIONS:
        given = {
            command.name: command.args[option].value for command in program.tasks if option in command.args
        }
        if len(set(given.values())) > 1:
            said = ", ".join(
                f"{name} has {f'--{option} {value}' if value is not None else f'no --{option}'}"
                for name, value in given.items()
            )
            raise ConfigurationError(
                f"nothing was done: the commands mean different things: {said}",
                advice=f"give --{option} to each of them, or call them one by one",
            )


def _inventory(config: Config) -> None:
    value = config.inventory
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(
            "`inventory` in invoke.yaml or INVOKE_INVENTORY is empty", advice="name a file, or remove it"
        )


def _leaves(data: Mapping[str, Any]) -> set[tuple[str, ...]]:
    """Returns the paths of all settings that are not maps, or are empty maps."""

    def below(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if isinstance(value, Mapping) and value:
            for key, inner in value.items():
                yield from below(inner, (*path, str(key)))
        elif path:
            yield path

    return set(below(data, ()))


def _meant(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"did you mean `{near[0]}`?" if near else f"known here: {', '.join(known)}"
