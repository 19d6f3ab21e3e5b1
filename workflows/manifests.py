"""Fetches the add-ons' manifests once on the operator's machine, keeps them by checksum, fits them to the cluster."""

from __future__ import annotations

import ssl
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
from nodewright.inventory import TextFile
from nodewright.whole import write_whole
from nodewright.workflow.context import Host

_SECONDS = 30


def with_addons(inventory: Inventory, hosts: Mapping[str, Host[Any]], cache: Path) -> tuple[Host[Any], ...]:
    """Returns the hosts with the add-ons' manifests in their settings.

    Args:
        cache: the folder that keeps manifests between runs; their checksums are verified each time.

    Raises:
        ConfigurationError: a manifest cannot be fetched, has another checksum, or is not what it should be.
    """
    flannel, metallb = sources(inventory.cluster, inventory.mirrors)
    trust = _trust(inventory.mirrors.authorities)
    fetched = addons(
        inventory.cluster,
        inventory.mirrors,
        flannel_text=_manifest(flannel, cache, trust),
        metallb_text=_manifest(metallb, cache, trust) if inventory.cluster.metallb else "",
    )
    return tuple(replace(host, settings=replace(host.settings, fetched=fetched)) for host in hosts.values())


def _manifest(source: Manifest, cache: Path, trust: ssl.SSLContext) -> str:
    kept = cache / f"{source.sha256}.yaml"
    try:
        return verified(kept.read_bytes(), source)
    except (OSError, ConfigurationError):
        content = _fetch(source.url, trust)
    text = verified(content, source)
    write_whole(kept, content)
    return text


def _trust(authorities: TextFile | None) -> ssl.SSLContext:
    """Returns a context that trusts this machine's authorities and those that the inventory names."""
    context = ssl.create_default_context()
    if authorities is not None:
        try:
            context.load_verify_locations(cadata=authorities.text)
        except ssl.SSLError as error:
            raise ConfigurationError(
                f"{authorities.path} holds no certificates that can be read: {error}",
                advice="mirrors.authorities names a file of certificates in PEM",
            ) from None
    return context


def _fetch(url: str, trust: ssl.SSLContext) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS, context=trust) as answer:
            return bytes(answer.read())
    except (OSError, urllib.error.URLError) as error:
        raise ConfigurationError(
            f"{url} cannot be fetched: {error}",
            advice="this machine fetches manifests; give mirrors.manifests a URL that it reaches",
        ) from None
