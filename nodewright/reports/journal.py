"""Where a run tells what happens: masks it, then passes it to the reporters."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, TypeVar

from nodewright.errors import NodewrightError
from nodewright.reports.events import Event, ProblemMet, Reporter
from nodewright.secret import Secret, mask
from nodewright.workflow.preflight import Caution

#: Texts of which it is remembered that they hold no secret: of so many characters, so many.
_SHORT, _MANY = 200, 20_000

EventT = TypeVar("EventT", bound=Event)
ErrorT = TypeVar("ErrorT", bound=NodewrightError)


class Journal:
    """Tells reporters what happens. All calls come from the run's own thread.

    A reporter that raises is told nothing more; the others are told that it broke.

    Args:
        reporters: told each event, in this order.
        secrets: masked in every text; more can be added as they come up.
    """

    def __init__(self, reporters: Iterable[Reporter], secrets: Iterable[Secret]) -> None:
        self._reporters = list(reporters)
        self._secrets = {secret for secret in secrets if secret.reveal()}
        self._clean: set[str] = set()

    def add_secret(self, secret: Secret) -> None:
        """From now on this value is masked too."""
        if secret.reveal():
            self._secrets.add(secret)
            self._clean.clear()

    def tell(self, event: Event) -> None:
        """Passes the event on, masked."""
        masked = self._masked(event)
        for reporter in tuple(self._reporters):
            try:
                reporter(masked)
            except Exception as error:  # whatever a reporter does wrong, the hosts must not feel it
                self._reporters.remove(reporter)
                self.tell(_broken(reporter, error))

    def masked_error(self, error: ErrorT) -> ErrorT:
        """The same error with all its texts masked."""
        for name in ("what", "output", "advice"):
            setattr(error, name, self._masked_text(getattr(error, name)))
        error.args = (error.what,)
        return error

    def _masked(self, event: EventT) -> EventT:
        if not self._secrets:
            return event
        changes: dict[str, Any] = {}
        for field in dataclasses.fields(event):
            value = getattr(event, field.name)
            if type(value) is str:
                masked: Any = self._masked_text(value)
            elif type(value) is tuple:
                masked = tuple(self._masked_text(part) if type(part) is str else part for part in value)
            else:
                continue
            if masked != value:
                changes[field.name] = masked
        return dataclasses.replace(event, **changes) if changes else event

    def _masked_text(self, text: str) -> str:
        # Names of hosts, stages and steps come again and again, and there may be a password for each host.
        if text in self._clean:
            return text
        masked = mask(text, self._secrets)
        if masked == text and len(text) <= _SHORT and len(self._clean) < _MANY:
            self._clean.add(text)
        return masked


def problem(error: NodewrightError) -> ProblemMet:
    """An error as an event."""
    return ProblemMet(
        at=time.time(),
        kind=type(error).__name__,
        exit_code=error.exit_code,
        what=error.what,
        host=error.host,
        step=error.step,
        where=error.where,
        output=error.output,
        advice=error.advice,
    )


def warning(caution: Caution) -> ProblemMet:
    """A caution as an event."""
    return ProblemMet(
        at=time.time(),
        kind="Warning",
        exit_code=0,
        what=caution.what,
        host=caution.host,
        step=None,
        where=caution.where,
        output="",
        advice=caution.advice,
    )


def secrets_in(value: Any) -> Iterator[Secret]:
    """Every Secret in a value made of dataclasses, models, mappings and sequences; each object is seen once."""
    seen: set[int] = set()
    parts = [value]
    while parts:
        part = parts.pop()
        if isinstance(part, Secret):
            yield part
        elif id(part) in seen or isinstance(part, str | bytes | type):
            continue
        elif isinstance(part, Mapping):
            parts.extend(part.values())
        elif isinstance(part, Sequence | Set):
            parts.extend(part)
        elif hasattr(part, "__dict__") and not callable(part):
            # Its dictionary may be made for this look only, and its id used again: the object stands for it.
            parts.extend(vars(part).values())
        seen.add(id(part))


def _broken(reporter: Reporter, error: Exception) -> ProblemMet:
    name = getattr(reporter, "__qualname__", type(reporter).__qualname__)
    return warning(
        Caution(
            what=f"the reporter {name} broke and reports nothing more: {type(error).__name__}: {error}",
            advice="the run goes on; its other reports are whole",
        )
    )
