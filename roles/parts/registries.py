"""How a host speaks to image registries."""

from __future__ import annotations

from kube.settings.models import Mirrors


def registry_url(prefix: str, mirrors: Mirrors) -> str:
    """The URL of a registry HOST[:PORT][/PATH]: plain HTTP only where the inventory calls it insecure."""
    host = prefix.partition("/")[0]
    return f"{'http' if host in mirrors.insecure_registries else 'https'}://{prefix}"
