"""Asks which ports of a host are taken, and by which programs; a host that is a node already is not asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from kube.paths import MEMBERSHIP_FILE
from nodewright.facts.fragment import Fragment
from nodewright.facts.text import words_of

Protocol = Literal["tcp", "udp"]


@dataclass(frozen=True)
class Listener:
    """Describes a socket that listens.

    Args:
        protocol: tcp or udp.
        port: the port's number.
        program: the program that holds it; empty where the kernel does.
    """

    protocol: Protocol
    port: int
    program: str = ""


def parse_listeners(text: str) -> tuple[Listener, ...]:
    """Reads the lines of `ss`, such as `tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=1,fd=3))`."""
    found: dict[Listener, None] = {}
    for kind, _, _, _, local, *rest in words_of(text, at_least=6):
        port = local.rpartition(":")[2]
        program = re.search(r'\(\("([^"]*)"', rest[-1])
        if port.isascii() and port.isdigit() and len(port) <= 5:
            name = program[1] if program else ""
            if kind == "tcp":
                found[Listener("tcp", int(port), name)] = None
            elif kind == "udp":
                found[Listener("udp", int(port), name)] = None
    return tuple(found)


LISTENERS = Fragment(
    "listeners",
    f"if [ ! -e {MEMBERSHIP_FILE} ]; then ss -l -n -t -u -p; fi",
    parse_listeners,
)
