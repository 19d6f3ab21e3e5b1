"""Asks one host all questions in one exec."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable
from typing import Any

from nodewright.facts import Facts, Fragment
from nodewright.question import question
from nodewright.record import OutputValue
from nodewright.transport import Message, Target, Transport


def gather(
    transport: Transport, target: Target, fragments: Iterable[Fragment[Any]], *, timeout: float = 30.0
) -> Facts:
    """What a host says of itself.

    Args:
        fragments: the questions; those that are equal are asked once.
        timeout: seconds that each may take; what it printed until then is its answer.

    Raises:
        ConnectError, ConnectionLost: as the transport does.
        ValueError: two different fragments have one name.
    """
    asked = by_name(fragments)
    run_id = f"facts-{uuid.uuid4().hex[:12]}"
    text = question(run_id, {name: fragment.script for name, fragment in asked.items()}, timeout)
    answers = dict.fromkeys(asked, "")
    # A fragment that hangs says nothing until it is killed.
    message = Message(run_id=run_id, text=text, timeout=timeout + 30)
    at = 0.0
    for record in transport.run(target, message):
        at = at or time.time()
        if isinstance(record, OutputValue):
            answers[record.name] = record.value
    return Facts({name: fragment.parse(answers[name]) for name, fragment in asked.items()}, at=at)


def by_name(fragments: Iterable[Fragment[Any]]) -> dict[str, Fragment[Any]]:
    """Fragments by their names.

    Raises:
        ValueError: two different ones have one name.
    """
    named: dict[str, Fragment[Any]] = {}
    for fragment in fragments:
        if named.setdefault(fragment.name, fragment) != fragment:
            raise ValueError(f"two different fragments are named {fragment.name}")
    return named
