"""Renders the files of templates/; a placeholder without a value is an error, never an empty place."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_FOLDER = Path(__file__).resolve().parents[2] / "templates"
# The templates are configuration files and manifests, which no browser reads.
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(_FOLDER), undefined=StrictUndefined, keep_trailing_newline=True
)


def render(template: str, **values: object) -> str:
    """Returns the text of a file of templates/.

    Args:
        template: its name, such as `containerd.toml.j2`.
        values: the values of its placeholders by name.

    Raises:
        jinja2.UndefinedError: a placeholder has no value.
    """
    return _ENVIRONMENT.get_template(template).render(**values)
