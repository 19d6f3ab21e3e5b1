"""A cluster as its users see it: its API by a kubeconfig, and pages that it serves."""

from __future__ import annotations

import base64
import json
import ssl
import time
import urllib.request
from pathlib import Path
from typing import Any

import yaml

#: Seconds within which a service answers everywhere once its pods run.
_SECONDS = 60.0


def page(address: str, port: int = 80) -> str:
    """The page at that address; asks again while none comes."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            with opener.open(f"http://{address}:{port}/", timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def api(kubeconfig: Path, path: str) -> dict[str, Any]:
    """What the API answers to whoever has the kubeconfig."""
    document = yaml.safe_load(kubeconfig.read_text())
    cluster, user = document["clusters"][0]["cluster"], document["users"][0]["user"]
    trust = ssl.create_default_context(cadata=_decoded(cluster["certificate-authority-data"]))
    pair = kubeconfig.with_suffix(".pem")
    pair.touch(mode=0o600)
    pair.write_text(_decoded(user["client-certificate-data"]) + _decoded(user["client-key-data"]))
    trust.load_cert_chain(pair)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
    )
    with opener.open(f"{cluster['server']}{path}", timeout=30) as answer:
        return dict(json.load(answer))


def secrets_of(kubeconfig: Path) -> list[str]:
    """What must be seen nowhere else: the administrator's key, as it stands there and as it is."""
    encoded = yaml.safe_load(kubeconfig.read_text())["users"][0]["user"]["client-key-data"]
    return [encoded, _decoded(encoded).splitlines()[1]]


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode()
