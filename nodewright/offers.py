"""Execs that make hosts give values to others, and take them back."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from nodewright.assembly import exchange_section, variables
from nodewright.context import Role
from nodewright.errors import NodewrightError
from nodewright.events import OutputGiven
from nodewright.grants import Grant
from nodewright.reading import Reading
from nodewright.record import OutputValue, Record
from nodewright.script import compile_script
from nodewright.secret import Secret
from nodewright.shared import Shared
from nodewright.transport import Message
from nodewright.workflow import Input

#: Is given the values by output name, as far as they came, and the errors.
Ended = Callable[[Mapping[str, Secret], tuple[NodewrightError, ...]], None]


def offer(shared: Shared, entry: Input, source: str, ended: Ended) -> None:
    """Asks `source` for the values of an input, by an exec of its own."""
    _Exchange(shared, "offer", entry, source, ended).start(entry.offer, {})


def revoke(shared: Shared, grant: Grant, role: Role[Any], ended: Ended) -> None:
    """Takes back on its source what was given."""
    _Exchange(shared, "revoke", grant.entry, grant.source, ended).start(role, grant.values)


class _Exchange:
    def __init__(self, shared: Shared, purpose: str, entry: Input, source: str, ended: Ended) -> None:
        self._shared = shared
        self._purpose = purpose
        self._entry = entry
        self._source = source
        self._ended = ended
        self._reading = Reading(source)
        self._tries = 0

    def start(self, role: Role[Any], values: Mapping[str, Secret]) -> None:
        self._tries += 1
        self._reading = Reading(self._source)
        self._shared.execs.spawn(
            partial(self._carry, role, values), lambda _, error: self._over(role, values, error)
        )

    def _carry(self, role: Role[Any], values: Mapping[str, Secret]) -> None:
        shared, source = self._shared, self._source
        own = shared.is_own_machine(source)
        script = compile_script(
            [exchange_section(self._entry, role, partial(shared.context, source), own_machine=own)]
        )
        self._reading.steps = script.steps
        text = script.text(
            run_id=shared.run_id,
            mode=shared.mode,
            holder=shared.holder,
            variables=variables([self._entry], values),
        )
        message = Message(run_id=shared.run_id, text=text)
        for record in shared.execs.lend(self._purpose).run(shared.hosts[source].target, message):
            shared.execs.post(partial(self._read, record))

    def _read(self, record: Record) -> None:
        self._reading.read(record)
        if isinstance(record, OutputValue) and record.name in self._entry.names:
            self._shared.journal.add_secret(Secret(record.value))
            self._shared.journal.tell(OutputGiven(at=time.time(), host=self._source, name=record.name))

    def _over(self, role: Role[Any], values: Mapping[str, Secret], error: NodewrightError | None) -> None:
        reading = self._reading
        if self._purpose == "revoke" and reading.stopped and self._tries == 1:
            # The stop file was meant for the job that ran beside it; what was given is still taken back.
            self.start(role, values)
            return
        given = {name: value for name, value in reading.outputs.items() if name in self._entry.names}
        self._ended(given, reading.failures(error) or self._lacking(given))

    def _lacking(self, given: Mapping[str, Secret]) -> tuple[NodewrightError, ...]:
        missing = [name for name in self._entry.names if name not in given]
        if self._purpose == "revoke" or not missing or self._reading.stopped:
            return ()
        what = f"its steps are done, and gave no {' and no '.join(missing)}"
        return (NodewrightError(what, host=self._source, advice="this is a bug in the role that offers it"),)
