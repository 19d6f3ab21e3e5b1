"""Says by which URL and with which login a host speaks to image registries."""

from __future__ import annotations

import json
from base64 import b64encode

from kube.settings.models import Mirrors

#: Logins call Docker Hub by these names: docs.docker.com, "docker login"; containerd's docs/cri/registry.md.
_HUB_OF_DOCKER = "https://index.docker.io/v1/"
_HUB_OF_CONTAINERD = "registry-1.docker.io"


def registry_url(prefix: str, mirrors: Mirrors) -> str:
    """Returns the URL of a registry HOST[:PORT][/PATH]: plain HTTP only where the inventory calls it insecure."""
    host = prefix.partition("/")[0]
    return f"{'http' if host in mirrors.insecure_registries else 'https'}://{prefix}"


def needs_login(image: str, mirrors: Mirrors) -> bool:
    """Returns whether an image lies at a registry with a login; `image` is the full name that it is pulled under."""
    return image.partition("/")[0] in mirrors.logins


def logins_of_docker(mirrors: Mirrors) -> str:
    """Returns Docker's config.json with all logins; the kubelet reads it as well, and it holds secrets."""
    auths = {}
    for host, login in mirrors.logins.items():
        pair = f"{login.user}:{login.password.reveal()}"
        key = _HUB_OF_DOCKER if host == "docker.io" else host
        auths[key] = {"auth": b64encode(pair.encode()).decode()}
    return json.dumps({"auths": auths}, indent=2) + "\n"


def logins_of_containerd(mirrors: Mirrors) -> list[dict[str, str]]:
    """Returns host, user and password of each login, quoted for TOML, for containerd.toml.j2."""
    return [
        {
            "host": _quoted(_HUB_OF_CONTAINERD if host == "docker.io" else host),
            "user": _quoted(login.user),
            "password": _quoted(login.password.reveal()),
        }
        for host, login in mirrors.logins.items()
    ]


def _quoted(text: str) -> str:
    """Returns a basic string of TOML, which takes JSON's escapes but no surrogates (toml.io, "String")."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
