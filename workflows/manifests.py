"""The add-ons' manifests: fetched once by the operator, kept by their checksum, fitted to the cluster."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from kube.objects.addons import addons, sources
from kube.objects.manifest import verified
from kube.settings.inventory import Inventory
from kube.settings.models import Manifest
from nodewright.errors import ConfigurationError
from nodewright.whole import write_whole
from nodewright.workflow.context import Host

_SECONDS = 30


def with_addons(inventory: Inventory, hosts: Mapping[str, Host[Any]], cache: Path) -> tuple[Host[Any], ...]:
    """The hosts, their settings knowing what runs in the cluster.

    Args:
        cache: the folder that keeps manifests between runs; what is in it is verified each time.

    Raises:
        ConfigurationError: a manifest cannot be fetched, has another checksum, or is not what it should be.
    """
    flannel, metallb = sources(inventory.cluster, inventory.mirrors)
    fetched = addons(
        inventory.cluster,
        inventory.mirrors,
        flannel_text=_manifest(flannel, cache),
        metallb_text=_manifest(metallb, cache) if inventory.cluster.metallb else "",
    )
    return tuple(replace(host, settings=replace(host.settings, fetched=fetched)) for host in hosts.values())


def _manifest(source: Manifest, cache: Path) -> str:
    kept = cache / f"{source.sha256}.yaml"
    try:
        return verified(kept.read_bytes(), source)
    except (OSError, ConfigurationError):
        content = _fetch(source.url)
    text = verified(content, source)
    write_whole(kept, content)
    return text


def _fetch(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:
            return bytes(answer.read())
    except (OSError, urllib.error.URLError) as error:
        raise ConfigurationError(
            f"{url} cannot be fetched: {error}",
            advice="this machine fetches manifests; give mirrors.manifests a URL that it reaches",
        ) from None
