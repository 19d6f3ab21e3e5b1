"""Turns pydantic's errors into problems of an inventory: in its words, at their place, with a suggestion."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from nodewright.inventory.problems import Finding, InventoryProblem, Path
from nodewright.inventory.source import Source

_EXPECTED = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dict_type": "a map",
    "float_parsing": "a number",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "list_type": "a list",
    "mapping_type": "a map",
    "model_attributes_type": "a map of settings",
    "model_type": "a map of settings",
    "set_type": "a list",
    "string_type": "a text",
    "tuple_type": "a list",
}


class _Wording(NamedTuple):
    what: str
    advice: str = ""


def problems_of(
    error: ValidationError,
    source: Source,
    data: Any,
    *,
    model: type[BaseModel],
    reserved: list[str],
    incomplete: Collection[str],
) -> list[InventoryProblem]:
    """Returns each of the error's complaints as a problem; one for all hosts that get it from the same place.

    Args:
        error: what pydantic says.
        source: where settings stand.
        data: what was validated.
        model: what it was validated by.
        reserved: top-level keys that the loader understands itself.
        incomplete: top-level keys of which parts were left out of the data, as they are wrong.
    """
    problems: dict[tuple[object, ...], InventoryProblem] = {}
    for details in _causes(error.errors(include_url=False), model, incomplete):
        path, of_key = _path(details["loc"], data)
        cause = details.get("ctx", {}).get("error")
        if isinstance(cause, Finding):
            path, what, advice = (*path, *cause.path), cause.what, cause.advice
            of_key = of_key or cause.of_key
        elif details["type"] == "extra_forbidden":
            known = [*fields_at(model, path[:-1]), *(reserved if len(path) == 1 else [])]
            what, advice = f"unknown key `{path[-1]}`", _meant(str(path[-1]), known)
        else:
            field = fields_at(model, path[:-1]).get(str(path[-1])) if path else None
            what, advice = _wording(details, path, (field and field.description) or "")
            if details["type"] == "missing" and field is not None:
                advice = _to_add(str(path[-1]), field, advice)
        of_key = of_key or details["type"] in {"missing", "extra_forbidden"}
        problem = source.problem(path, what, advice=advice, of_key=of_key)
        problems.setdefault((problem.position, details["type"], path[-1:]), problem)
    return list(problems.values())


def _causes(
    errors: list[ErrorDetails], model: type[BaseModel], incomplete: Collection[str]
) -> list[ErrorDetails]:
    """Returns the errors without those that only follow from others.

    Pydantic finds a list with a wrong item too short, since it counts the right ones. It also finds a setting
    missing whose key is misspelt.
    """
    wrong = {details["loc"][:end] for details in errors for end in range(len(details["loc"]))}
    wrong |= {(key,) for key in incomplete}
    meant = set()
    for details in errors:
        if details["type"] == "extra_forbidden":
            *above, key = details["loc"]
            near = get_close_matches(str(key), fields_at(model, tuple(above)), n=1)
            meant |= {(*above, name) for name in near}
    follow = {"too_short": wrong, "missing": meant}
    return [details for details in errors if details["loc"] not in follow.get(details["type"], ())]


def _wording(details: ErrorDetails, path: Path, description: str) -> _Wording:
    """Returns what to say about a value that is missing or of the wrong type."""
    name = next((str(key) for key in reversed(path) if isinstance(key, str)), "the inventory")
    kind, value, context = details["type"], details["input"], details.get("ctx", {})
    about = f"{name}: {description}" if description else ""
    if kind == "missing":
        return _Wording(f"`{name}` is missing", about or f"add `{name}:`")
    if kind in {"value_error", "assertion_error"}:
        return _Wording(f"`{name}`: {context['error']}")
    if kind in {"literal_error", "enum"}:
        allowed = re.findall(r"'([^']*)'", context["expected"])
        near = get_close_matches(str(value), allowed, n=1)
        advice = f"did you mean `{near[0]}`?" if near else about
        return _Wording(f"`{name}` should be {_one_of(allowed)}, not {_written(value)}", advice)
    if kind in _EXPECTED:
        return _Wording(f"`{name}` should be {_EXPECTED[kind]}, not {_written(value)}", about)
    if kind in {"too_short", "too_long"}:
        bound = (
            f"at most {context['max_length']}" if kind == "too_long" else f"at least {context['min_length']}"
        )
        return _Wording(f"`{name}` needs {bound}, and has {context['actual_length']}", about)
    message = re.sub(r"^(Input|String|Value) ", "", details["msg"])
    joint = ", not" if message.startswith("should") else ":"
    return _Wording(f"`{name}` {message}{joint} {_written(value)}", about)


def _to_add(name: str, field: FieldInfo, advice: str) -> str:
    """Returns what to write for a missing map of settings; for any other setting, the advice unchanged."""
    if not (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)):
        return advice
    keys = [key for key, inner in fields_at(field.annotation, ()).items() if inner.is_required()]
    return f"write `{name}: {{{', '.join(f'{key}: {key.upper()}' for key in keys)}}}`"


def _path(location: tuple[str | int, ...], data: Any) -> tuple[Path, bool]:
    """Returns pydantic's location as a path of the inventory, without the names of a union's branches.

    Also returns whether the error is about the last key itself, not its value.
    """
    path: list[str | int] = []
    for index, key in enumerate(location):
        found = key in data if isinstance(data, dict) else isinstance(data, list) and key in range(len(data))
        if found:
            data = data[key]
        if found or (isinstance(data, dict) and index == len(location) - 1 and key != "[key]"):
            path.append(key)
    return tuple(path), location[-1:] == ("[key]",)


def fields_at(annotation: Any, path: Path) -> dict[str, FieldInfo]:
    """Returns the fields, by key, of the model at a path below a type; none where any key will do."""
    arguments = typing.get_args(annotation)
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return fields_at(arguments[0], path)
    if origin in {typing.Union, types.UnionType}:
        return {key: field for option in arguments for key, field in fields_at(option, path).items()}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = {field.alias or name: field for name, field in annotation.model_fields.items()}
        if not path:
            return fields
        return fields_at(fields[str(path[0])].annotation, path[1:]) if path[0] in fields else {}
    if not path or not arguments:
        return {}
    is_map = isinstance(origin, type) and issubclass(origin, Mapping)
    return fields_at(arguments[1 if is_map else 0], path[1:])


def _meant(name: str, known: list[str]) -> str:
    """Returns the known name that a misspelt one is nearest to, else all known names."""
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    if near:
        return f"did you mean `{near[0]}`?"
    return f"known here: {', '.join(known)}" if known else ""


def _one_of(names: list[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _written(value: Any) -> str:
    """Returns a value as a message shows it: a scalar as it is written, anything bigger by its kind."""
    match value:
        case None:
            return "empty"
        case "":
            return "an empty text"
        case dict():
            return "a map"
        case list():
            return "a list"
        case _:
            text = str(value)
            return f"`{text if len(text) <= 60 else text[:57] + '...'}`"
