"""Runs the checks of a stage on the operator's side, in the order in which a person would debug."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from nodewright.errors import Interrupted, NodewrightError, NotProven
from nodewright.events import CheckProgressed
from nodewright.execs import bug
from nodewright.operator_side import OperatorSide
from nodewright.record import Outcome
from nodewright.shared import Shared
from nodewright.workflow import Operator, Stage


def start_checks(
    shared: Shared,
    stage: Stage,
    ended_jobs: Callable[[str], Mapping[str, str]],
    ended: Callable[[tuple[NodewrightError, ...]], None],
) -> None:
    """Runs the checks of a stage in a thread of its own.

    Args:
        ended_jobs: what became of a stage's jobs, by host.
        ended: is given what was found wrong.
    """

    def progress(text: str) -> None:
        event = CheckProgressed(at=time.time(), stage=stage.name, text=text)
        shared.execs.post(lambda: shared.journal.tell(event))

    def done(found: tuple[NodewrightError, ...] | None, error: NodewrightError | None) -> None:
        ended(found or ((error,) if error else ()))

    operator = OperatorSide(
        hosts=shared.hosts,
        run_id=shared.run_id,
        transport=shared.execs.lend("ask", (stage.name,)),
        context=shared.context,
        ended=ended_jobs,
        progress=progress,
        interruption=shared.interruption,
    )
    shared.execs.spawn(lambda: run_checks(stage, operator), done)


def run_checks(stage: Stage, operator: Operator) -> tuple[NodewrightError, ...]:
    """Runs them one after the other; returns what they found wrong.

    After a check that failed no other is run: what it looks at stands on what failed. What could not be
    looked at stops nothing.
    """
    errors: list[NodewrightError] = []
    for check in stage.checks:
        try:
            check(operator)
        except NotProven as error:
            errors.append(error)
        except NodewrightError as error:
            return (*errors, error)
        except Exception as error:  # a bug in the check: it must not reach the hosts that still work
            return (*errors, bug(error))
    return tuple(errors)


def outcome_of(errors: tuple[NodewrightError, ...]) -> Outcome:
    """What became of a stage whose checks ended with these errors."""
    if any(isinstance(error, Interrupted) for error in errors):
        return Outcome.NOT_RUN
    if any(not isinstance(error, NotProven) for error in errors):
        return Outcome.FAILED
    return Outcome.NOT_PROVEN if errors else Outcome.OK
