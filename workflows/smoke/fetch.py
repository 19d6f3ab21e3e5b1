"""Looks at the cluster from outside: fetches a page over HTTP, and finds who answers for an address on this link."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """Holds the result of a fetch.

    Args:
        status: the HTTP status, or 0 when there was no HTTP answer.
        text: the body's beginning, or why there is none.
    """

    status: int
    text: str

    @property
    def is_nginx(self) -> bool:
        """Returns whether this is the welcome page of nginx and not another server's answer."""
        return self.status == http.HTTPStatus.OK and "Welcome to nginx" in self.text


def fetch(address: str, port: int, *, timeout: float = 3.0) -> Answer:
    """Fetches `/` once, with `timeout` seconds for each read; returns errors of the network and never raises them."""
    connection = http.client.HTTPConnection(address, port, timeout=timeout)
    try:
        connection.request("GET", "/", headers={"Connection": "close"})
        response = connection.getresponse()
        return Answer(response.status, response.read(65536).decode("utf-8", "replace"))
    except (OSError, http.client.HTTPException) as error:
        return Answer(0, str(error) or type(error).__name__)
    finally:
        connection.close()


def fetch_until_nginx(address: str, port: int, *, deadline: float, pause: float = 0.1) -> Answer:
    """Fetches until nginx answers or the monotonic `deadline` has passed; returns the last answer."""
    while True:
        answer = fetch(address, port)
        if answer.is_nginx or time.monotonic() >= deadline:
            return answer
        time.sleep(pause)


def link_neighbour(address: str) -> str | None:
    """Returns the MAC address that answers for `address` on a link of this machine; None where none does.

    It is None for an address behind a router, too. It reads the kernel's neighbour table, which a fetch just before
    has filled.
    """
    if shutil.which("ip") is None:
        return None
    answer = subprocess.run(
        ["ip", "-json", "neighbour", "show", "to", address], capture_output=True, text=True, check=False
    )
    try:
        entries = json.loads(answer.stdout or "[]")
    except json.JSONDecodeError:
        return None
    return next((entry["lladdr"].lower() for entry in entries if "lladdr" in entry), None)
