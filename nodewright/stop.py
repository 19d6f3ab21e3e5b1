"""Tells the scripts of a run on one host to stop before their next step: Ctrl-C, carried there."""

from __future__ import annotations

from collections.abc import Callable

from nodewright.question import question
from nodewright.script import stop_text
from nodewright.shared import Shared
from nodewright.transport import Message

_SECONDS = 30.0


def send_stop(shared: Shared, host: str, ended: Callable[[], None]) -> None:
    """Sends it, by an exec of its own, and calls `ended`; a host that cannot be told goes on to its end."""

    def work() -> None:
        text = question(shared.run_id, {"stop": stop_text(shared.run_id)}, _SECONDS)
        message = Message(run_id=shared.run_id, text=text)
        for _ in shared.execs.lend("stop").run(shared.hosts[host].target, message):
            pass

    shared.execs.spawn(work, lambda *_: ended())
