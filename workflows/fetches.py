"""Lists what provisioning an inventory fetches: every URL, package and image, read off the steps that fetch them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kube.objects.addons import sources
from kube.settings.inventory import Inventory
from nodewright.workflow.context import Context
from roles.software.images import wanted_images
from workflows.provision import PROVISION

_REPOSITORY = re.compile(r"^(?:baseurl|gpgkey)=(.*)$", re.MULTILINE)
_FETCHED = re.compile(r"^ *curl .* '?(https?://[^\s']+)'?$", re.MULTILINE)
_INSTALLED = re.compile(r"^(?:dnf5?|yum) .*? install (.*?)(?: \"\$@\")?$", re.MULTILINE)
_MISSING = re.compile(r"^set -- (.+)$", re.MULTILINE)


@dataclass(frozen=True, order=True)
class Fetched:
    """Holds one thing that is fetched.

    Args:
        kind: `repository or key`, `package`, `file`, `image`, `manifest`.
        what: a URL, or a name with the version that is asked for.
        by: who fetches it: the hosts, or the operator.
    """

    kind: str
    what: str
    by: str


def fetches(inventory: Inventory, contexts: Sequence[Context[Any]]) -> list[Fetched]:
    """Returns everything that is fetched for bare hosts, each thing once.

    Args:
        contexts: the contexts that roles get, one for each host, with its facts.
    """
    found = dict.fromkeys(one for context in contexts for one in _on_host(context))
    flannel, metallb = sources(inventory.cluster, inventory.mirrors)
    for manifest in (flannel, metallb) if inventory.cluster.metallb else (flannel,):
        found[Fetched("manifest", manifest.url, "operator")] = None
    return list(found)


def _on_host(context: Context[Any]) -> Iterator[Fetched]:
    prepare = next(stage for stage in PROVISION.stages if stage.name == "prepare")
    for role in prepare.roles:
        for step in role(context):
            for line in _REPOSITORY.findall(step.want or ""):
                yield from (Fetched("repository or key", url, "hosts") for url in line.split())
            for words in (*_INSTALLED.findall(step.apply), *_MISSING.findall(step.apply)):
                names = (word for word in words.replace("'", "").split() if not word.startswith("/"))
                yield from (Fetched("package", name, "hosts") for name in names)
            for url in _FETCHED.findall(step.apply):
                yield Fetched("file", url, "hosts")
    for image in wanted_images(context):
        # The manifests name the add-ons' images, and the manifests are listed already.
        if image not in context.settings.addons.images:
            yield Fetched("image", image, "hosts")


def fetches_table(found: Sequence[Fetched]) -> str:
    """Returns what is fetched as a table in Markdown."""
    rows = (f"| {one.kind} | `{one.what}` | {one.by} |" for one in found)
    return "\n".join(["| kind | what | fetched by |", "| --- | --- | --- |", *rows])
