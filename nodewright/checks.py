"""Runs the checks of a stage on the operator's side, in the order in which a person would debug."""

from __future__ import annotations

from nodewright.errors import Interrupted, NodewrightError, NotProven
from nodewright.execs import bug
from nodewright.record import Outcome
from nodewright.workflow import Operator, Stage


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
