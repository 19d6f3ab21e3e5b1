"""Masks what happens in a run, then passes it to the reporters."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, TypeVar

from nodewright.errors import NodewrightError, Problem
from nodewright.reports.events import Event, ProblemMet, Reporter
from nodewright.secret import Secret, mask

#: Limits of the cache of texts without secrets: the length of each, and their number.
_SHORT, _MANY = 200, 20_000

ValueT = TypeVar("ValueT", bound=Event | Problem)
ErrorT = TypeVar("ErrorT", bound=NodewrightError)


class Journal:
    """Tells reporters what happens. All calls come from the run's own thread.

    A reporter that raises gets no more events, and the others are told that it broke.

    Args:
        reporters: get each event, in this order.
        secrets: are masked in every text; more can be added later.
    """

    def __init__(self, reporters: Iterable[Reporter], secrets: Iterable[Secret]) -> None:
        self._reporters = list(reporters)
        self._secrets = {secret for secret in secrets if secret.reveal()}
        self._clean: set[str] = set()

    def add_secret(self, secret: Secret) -> None:
        """Masks this value too, from now on."""
        if secret.reveal():
            self._secrets.add(secret)
            self._clean.clear()

    def tell(self, event: Event) -> None:
        """Passes the event on, masked."""
        masked = self._masked(event)
        for reporter in tuple(self._reporters):
            try:
                reporter(masked)
            except Exception as error:  # a fault of a reporter must not affect the hosts
                self._reporters.remove(reporter)
                self.tell(_broken(reporter, error))

    def masked_error(self, error: ErrorT) -> ErrorT:
        """Returns the same error with all its texts masked."""
        error.problem = self._masked(error.problem)
        error.args = (error.what,)
        return error

    def _masked(self, value: ValueT) -> ValueT:
        """Returns an event or a problem with all its texts masked."""
        if not self._secrets:
            return value
        changes: dict[str, Any] = {}
        for field in dataclasses.fields(value):
            part = getattr(value, field.name)
            if type(part) is str:
                masked: Any = self._masked_text(part)
            elif isinstance(part, Problem):
                masked = self._masked(part)
            elif type(part) is tuple:
                masked = tuple(self._masked_text(item) if type(item) is str else item for item in part)
            else:
                continue
            if masked != part:
                changes[field.name] = masked
        return dataclasses.replace(value, **changes) if changes else value

    def _masked_text(self, text: str) -> str:
        # Names of hosts, stages and steps occur often, and each host may have a password of its own.
        if text in self._clean:
            return text
        masked = mask(text, self._secrets)
        if masked == text and len(text) <= _SHORT and len(self._clean) < _MANY:
            self._clean.add(text)
        return masked


def problem_met(error: NodewrightError) -> ProblemMet:
    """Returns the event that tells an error."""
    return ProblemMet(
        at=time.time(), kind=type(error).__name__, exit_code=error.exit_code, problem=error.problem
    )


def warning(problem: Problem) -> ProblemMet:
    """Returns the event for a warning, which stops nothing."""
    return ProblemMet(at=time.time(), kind="Warning", exit_code=0, problem=problem)


def secrets_in(value: Any) -> Iterator[Secret]:
    """Yields every Secret in a value of dataclasses, models, mappings and sequences; visits each object once."""
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
            # Its dictionary may exist only now, and its id be used again, so the object's own id is kept.
            parts.extend(vars(part).values())
        seen.add(id(part))


def _broken(reporter: Reporter, error: Exception) -> ProblemMet:
    name = getattr(reporter, "__qualname__", type(reporter).__qualname__)
    return warning(
        Problem(
            what=f"the reporter {name} broke and reports nothing more: {type(error).__name__}: {error}",
            advice="the run goes on; its other reports are whole",
        )
    )
