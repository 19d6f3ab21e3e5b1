"""Says what kubeadm, kubelet and kube-proxy of a minor read in their configuration; the table is field_table.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from kube.versions.field_table import TABLE
from kube.versions.releases import NEWEST, OLDEST


@dataclass(frozen=True)
class Field:
    """Describes a field as the minors from `since` to `until` read it.

    Args:
        kind: what it holds: `text`, `bool`, `whole`, `number`, `duration`, `duration-or-whole`, `quantity`; a type
            of the table; `[KIND]` for a list, `{KIND}` for a map whose keys are free.
        since: the first minor.
        until: the last minor.
    """

    kind: str
    since: int
    until: int


#: Maps a name to the fields of a type; there are several where a later minor reads the field otherwise.
Fields = Mapping[str, Sequence[Field]]


@cache
def types() -> Mapping[str, Fields]:
    """Returns all types by name; KubeletConfiguration and the other documents are types too."""
    found: dict[str, dict[str, list[Field]]] = {}
    fields: dict[str, list[Field]] = {}
    for line in TABLE.splitlines():
        if not line.startswith(" "):
            fields = found.setdefault(line, {})
            continue
        name, kind, *minors = line.split()
        since, _, until = "".join(minors).partition("-")
        row = Field(kind, int(since or OLDEST.minor), int(until or NEWEST.minor))
        fields.setdefault(name, []).append(row)
    return found


def field_of(fields: Fields, name: str, minor: int) -> Field | None:
    """Returns a field as a minor reads it; None where that minor does not have it."""
    return next((field for field in fields.get(name, ()) if field.since <= minor <= field.until), None)
