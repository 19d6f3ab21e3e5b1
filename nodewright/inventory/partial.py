"""Reads the valid parts of a wrong inventory, so that its contradictions show in the same run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError

ModelT = TypeVar("ModelT", bound=BaseModel)


def partial(model: type[ModelT], data: Mapping[str, Any], context: Any) -> ModelT:
    """Returns the valid settings. Reading a setting that is wrong or missing raises `Unread`.

    Beside an unknown key, settings that are not given raise it too: the key may be one of them, misspelt.

    Args:
        model: the type that the data should have.
        data: the data as written.
        context: pydantic's validation context.
    """
    settings = model.model_construct()
    values = settings.__dict__
    keys = {name: field.alias or name for name, field in model.model_fields.items()}
    misspelt = not data.keys() <= set(keys.values())
    for name, field in model.model_fields.items():
        key = keys[name]
        if misspelt or key in data:
            values.pop(name, None)
        if key in data:
            try:
                values[name] = _read(_adapter(model, name), field.annotation, data[key], context)
            except ValidationError:
                continue
    return settings


def _read(adapter: TypeAdapter[Any], annotation: Any, data: Any, context: Any) -> Any:
    """Returns a value of a type, without the wrong settings in its maps, at any depth.

    Raises:
        ValidationError: the value is wrong, and is no map of settings.
    """
    try:
        return adapter.validate_python(data, context=context)
    except ValidationError:
        if not isinstance(data, dict):
            raise
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return partial(annotation, data, context)
        for inner in get_args(annotation):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                if type(None) in get_args(annotation):
                    return partial(inner, data, context)
                return {key: _read(_of(inner), inner, value, context) for key, value in data.items()}
        raise


@cache
def _of(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation)


@cache
def _adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    """Returns the validator of one field of a model."""
    field = model.model_fields[name]
    annotated: Any = field.annotation
    for constraint in field.metadata:
        annotated = Annotated[annotated, constraint]
    return TypeAdapter(annotated)
