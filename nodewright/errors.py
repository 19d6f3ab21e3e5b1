"""Defines every error that a user can meet, and the exit code that each ends with.

    NodewrightError                     1   a bug of ours
    ├── Interrupted                   130   Ctrl-C
    ├── ConfigurationError              3   the inventory, a setting, or the command line
    │   └── InventoryError                  everything wrong with an inventory (nodewright.inventory)
    ├── PreflightError                  4   the hosts together cannot become what the inventory says
    ├── Locked                          9   another run holds the host
    ├── ConnectError                    5   no script was started on the host
    │   ├── Unreachable                     no route, refused, timed out, name unknown, bastion down
    │   ├── AuthenticationFailed            the host does not take our user and keys
    │   ├── HostKeyRefused                  unknown or changed host key
    │   └── SudoRefused                     no right to sudo, wrong or missing password
    ├── ConnectionLost                  6   the link went away after the script had started
    ├── StepFailed                      7   failed, timed out, or did not converge
    ├── VerificationFailed              8   the machines are configured and the result does not work
    └── NotProven                      10   the result could not be looked at from where we are

A run that has nothing to do, or has done all, ends with 0. A plan that has changes ends with 2, which is no error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from nodewright.printable import printable

EXIT_DONE = 0
EXIT_BUG = 1
EXIT_CHANGES = 2

#: With several errors, the first of these decides what the process ends with.
EXIT_CODE_ORDER = (1, 130, 3, 4, 9, 5, 6, 7, 8, 10)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Tells a user what happened, where, the telling lines of the output, and what to do next.

    The same value goes from where the problem is found to the terminal and the report. An error carries it; by
    itself it is a warning.

    Args:
        what: one sentence: what happened.
        host: the host's name in the inventory, where there is one.
        step: the step's name, where there is one.
        where: `file:line` (and `:column`) of the role or inventory line that is the cause.
        output: the last or most telling output, already masked.
        advice: what to do next, one sentence.
    """

    what: str
    host: str | None = None
    step: str | None = None
    where: str | None = None
    output: str = ""
    advice: str = ""

    def __str__(self) -> str:
        """Returns the message as a user reads it. It has several lines where there is output or advice."""
        place = ": ".join(part for part in (self.host, self.step) if part)
        head = f"{place}: {self.what}" if place else self.what
        if self.where:
            head = f"{head} ({self.where})"
        lines = [head]
        lines += [f"    {line}".rstrip() for line in self.output.rstrip("\n").splitlines()]
        if self.advice:
            lines.append(f"  → {self.advice}")
        return printable("\n".join(lines))


class NodewrightError(Exception):
    """Carries a problem to the code that reports it. The arguments are those of the problem."""

    exit_code: ClassVar[int] = EXIT_BUG

    def __init__(
        self,
        what: str,
        *,
        host: str | None = None,
        step: str | None = None,
        where: str | None = None,
        output: str = "",
        advice: str = "",
    ) -> None:
        super().__init__(what)
        self.problem = Problem(what=what, host=host, step=step, where=where, output=output, advice=advice)

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """Returns the error that carries this problem."""
        error = cls(problem.what)
        error.problem = problem
        return error

    def place(self, *, host: str | None = None, step: str | None = None) -> None:
        """Says where it happened, unless that is known already."""
        known = self.problem
        self.problem = replace(known, host=known.host or host, step=known.step or step)

    @property
    def what(self) -> str:
        """Returns what happened."""
        return self.problem.what

    @property
    def host(self) -> str | None:
        """Returns the host's name."""
        return self.problem.host

    @property
    def step(self) -> str | None:
        """Returns the step's name."""
        return self.problem.step

    @property
    def where(self) -> str | None:
        """Returns `file:line` of the cause."""
        return self.problem.where

    @property
    def output(self) -> str:
        """Returns the telling output."""
        return self.problem.output

    @property
    def advice(self) -> str:
        """Returns what to do next."""
        return self.problem.advice

    def __str__(self) -> str:
        """Returns the message as a user reads it."""
        return str(self.problem)


class Interrupted(NodewrightError):
    """The user pressed Ctrl-C, or the process was told to stop."""

    exit_code = 130


class ConfigurationError(NodewrightError):
    """The inventory, a setting or the command line is wrong; nothing was contacted."""

    exit_code = 3


class PreflightError(NodewrightError):
    """The facts of the hosts rule out what the inventory wants; nothing was changed."""

    exit_code = 4


class Locked(NodewrightError):
    """Another run holds the host's lock; the message says who and since when."""

    exit_code = 9


class ConnectError(NodewrightError):
    """No script could be started on the host."""

    exit_code = 5


class Unreachable(ConnectError):
    """The host does not answer by TCP or SSH: no route, refused, timed out, unknown name."""


class AuthenticationFailed(ConnectError):
    """The host speaks SSH but takes neither our user nor our keys."""


class HostKeyRefused(ConnectError):
    """The host's key is unknown to us, or is not the one we know."""


class SudoRefused(ConnectError):
    """The user may not become root: no rule in sudoers, a wrong password, or none given."""


class ConnectionLost(NodewrightError):
    """The link went away while a script ran; the script stops at its next step boundary."""

    exit_code = 6


class StepFailed(NodewrightError):
    """A step failed, timed out, or its check still fails after its apply."""

    exit_code = 7


class VerificationFailed(NodewrightError):
    """All steps are done, but what they built does not work."""

    exit_code = 8


class NotProven(NodewrightError):
    """The result could not be checked from here; it counts neither as ok nor as failed."""

    exit_code = 10


def exit_code(codes: Iterable[int]) -> int:
    """Returns the exit code of a run that met these: the first in the order of EXIT_CODE_ORDER, or 0 for none."""
    met = set(codes)
    return next((code for code in EXIT_CODE_ORDER if code in met), EXIT_DONE)
