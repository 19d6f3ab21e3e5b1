"""Asks one host all questions in one exec."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from nodewright.facts.fragment import Facts, Fragment
from nodewright.run.run import Shared
from nodewright.script.compile import question, stop_text
from nodewright.script.records import OutputValue
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


_SECONDS = 30.0


def send_stop(shared: Shared, host: str, ended: Callable[[], None]) -> None:
    """Sends it, by an exec of its own, and calls `ended`; a host that cannot be told goes on to its end."""

    def work() -> None:
        text = question(shared.run_id, {"stop": stop_text(shared.run_id)}, _SECONDS)
        message = Message(run_id=shared.run_id, text=text)
        for _ in shared.execs.lend("stop").run(shared.hosts[host].target, message):
            pass

    shared.execs.spawn(work, lambda *_: ended())
