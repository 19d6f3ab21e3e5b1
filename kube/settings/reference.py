"""Makes the reference of all settings for docs from the models that read them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from kube.checks.changes import changes_table
from kube.checks.needs import needs_table
from kube.settings.inventory import CONTROL_PLANES, WORKERS, Inventory
from nodewright.inventory import schema

_HEAD = """\
# Settings

Every setting of inventory.yaml, made from the code by the tests. `HOST` stands for a host's name: its settings
may stand under it, under `defaults` of its group, or under `defaults` at the top; the most specific setting wins.
Whatever is not given has the default; what has none must be given.

| setting | values | default | |
| --- | --- | --- | --- |"""

_HOSTS = f"""
Hosts stand in `{CONTROL_PLANES}` (at least one; the first one starts the cluster) and in `{WORKERS}`. A host has
`ssh` as well, with the settings above, over those at the top.

## What a change does to a running cluster

`next time`: it takes effect for hosts that join later, or with the next command. `refused`: the run stops before it
changes anything.
"""

_PASSED_ON = """\
# Settings that are passed on

`cluster.kubelet`, `cluster.kube_proxy`, `cluster.cluster_configuration` and a host's `kubelet` are merged into what
kubeadm reads. `invoke inventory.check` holds them against a table of the fields that kubeadm, kubelet and kube-proxy
of each minor know (`kube/versions/field_table.py`, made from Kubernetes' published types): an unknown field and a
value of another kind are refused at their line.

Some of them need something else. A step makes it, or the setting is refused with the reason; this table is made from
the code that does it. Sources are files of Kubernetes 1.34, where no other is named.
"""

Schema = Mapping[str, Any]


def passed_on_reference() -> str:
    """Returns the page about what passed-on settings need, in Markdown."""
    return f"{_PASSED_ON}\n{needs_table()}"


def settings_reference() -> str:
    """Returns the page of all settings, in Markdown."""
    whole = schema(Inventory)
    rows = [
        row
        for name in ("cluster", "mirrors", "smoke", "ssh")
        for row in _setting(whole, whole, name, name, {})
    ]
    # The schema requires nothing of a host, as `defaults` may give it.
    host = {**whole["$defs"]["HostSettings"], "required": ["address"]}
    rows += _settings(whole, host, "HOST.", {}, without=("ssh",))
    return "\n".join([_HEAD, *rows, _HOSTS, changes_table()])


def _settings(
    whole: Schema, model: Schema, prefix: str, given: Schema, without: tuple[str, ...] = ()
) -> Iterator[str]:
    for name in model["properties"]:
        if name not in without:
            yield from _setting(whole, model, name, f"{prefix}{name}", given)


def _setting(whole: Schema, model: Schema, name: str, path: str, given: Schema) -> Iterator[str]:
    """Yields a setting's row, and then the rows of the settings within it.

    Args:
        given: the defaults of the setting's map as a whole.
    """
    setting = model["properties"][name]
    default = given.get(name, setting.get("default"))
    options = list(_options(whole, setting))
    within = [option for option in options if "properties" in option]
    values = ", ".join(
        dict.fromkeys("map" if "properties" in option else _values(option) for option in options)
    )
    required = name in model.get("required", ()) and name not in given
    description = setting.get("description") or options[0].get("description", "")
    yield f"| `{path}` | {values} | {'*to be given*' if required else _shown(default)} | {description} |"
    for index, option in enumerate(within):
        if index:
            yield f"| `{path}` | *or* map | | |"
        yield from _settings(whole, option, f"{path}.", default if isinstance(default, dict) else {})


def _options(whole: Schema, setting: Schema) -> Iterator[Schema]:
    """Yields the schemas that a setting may have, with references followed.

    None is left out, since it is only the default of a setting that may be absent.
    """
    if "$ref" in setting:
        yield whole["$defs"][setting["$ref"].rpartition("/")[2]]
    elif alternatives := setting.get("anyOf") or setting.get("oneOf"):
        for alternative in alternatives:
            yield from _options(whole, alternative)
    elif setting.get("type") != "null":
        yield setting


def _values(option: Schema) -> str:
    if "enum" in option:
        return ", ".join(f"`{value}`" for value in option["enum"])
    if "const" in option:
        return f"`{option['const']}`"
    kinds = option.get("type", "anything")
    kind = kinds if isinstance(kinds, str) else str(kinds[0])
    return {"string": "text", "array": "list", "object": "map", "boolean": "`true`, `false`"}.get(kind, kind)


def _shown(default: object) -> str:
    if default is None or isinstance(default, dict | list):
        return ""
    return f"`{default if isinstance(default, str) else json.dumps(default)}`"
