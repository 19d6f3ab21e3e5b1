"""The files of templates/, rendered; a name that nobody gives a value is an error, never an empty place."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_FOLDER = Path(__file__).resolve().parents[2] / "templates"
# What is rendered are configuration files and manifests, nothing that a browser reads.
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(_FOLDER), undefined=StrictUndefined, keep_trailing_newline=True
)


def render(template: str, **values: object) -> str:
    """The text of a file of templates/.

    Args:
        template: its name, `containerd.toml.j2`.
        values: what its placeholders stand for.

    Raises:
        jinja2.UndefinedError: a placeholder has no value.
    """
    return _ENVIRONMENT.get_template(template).render(**values)
