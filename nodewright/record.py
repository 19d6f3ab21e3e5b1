"""What a script says while it runs: one line per record, typed here.

A line is `RUN_ID TAB KIND TAB FIELD…`; free text is base64. Any line that does not start with the run's id
is noise (a banner, a talkative profile) and is passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a step, or of a job; `not proven` only of checks on the operator's side."""

    OK = "ok"
    CHANGE = "change"
    CHANGED = "changed"
    FAILED = "failed"
    UNCONVERGED = "unconverged"
    BLOCKED = "blocked"
    LOST = "lost"
    NOT_RUN = "not run"
    NOT_PROVEN = "not proven"


@dataclass(frozen=True)
class Ready:
    """The remote shell has root and waits for the script."""


@dataclass(frozen=True)
class Hello:
    """The script is whole and has begun.

    Args:
        boot_id: the kernel's id of this boot.
    """

    boot_id: str


@dataclass(frozen=True)
class Held:
    """Another run holds the host's lock; the script did nothing.

    Args:
        holder: who: run id, user, operator's machine and start, one line.
    """

    holder: str


@dataclass(frozen=True)
class Begin:
    """A step's work has begun (its apply is about to run)."""

    step: int


@dataclass(frozen=True)
class Tick:
    """A long step still runs.

    Args:
        seconds: since the step's begin.
        last_line: the last line of its output so far.
    """

    step: int
    seconds: float
    last_line: str


@dataclass(frozen=True)
class Done:
    """A step came to its end.

    Args:
        outcome: ok, change, changed, failed or unconverged.
        seconds: how long check, apply and second check took together.
        text: for change, what `show` printed; for failed and unconverged, the kept output.
        timed_out: the step was killed at its timeout.
        status: exit status of what failed, else 0.
    """

    step: int
    outcome: Outcome
    seconds: float
    text: str = ""
    timed_out: bool = False
    status: int = 0


@dataclass(frozen=True)
class JobDone:
    """All steps of a job (by its index in the script) are done: ok or changed, and in a plan also change."""

    job: int


@dataclass(frozen=True)
class OutputValue:
    """A value that the host gives to others, or to the operator; treated as a secret until told otherwise."""

    name: str
    value: str


@dataclass(frozen=True)
class Reboot:
    """The host is about to reboot; the script is to be sent again once the boot id differs.

    Args:
        boot_id: the id of the boot that ends.
    """

    step: int
    boot_id: str


@dataclass(frozen=True)
class Stopped:
    """The script stopped between two steps because it was asked to; `step` is the first one not run."""

    step: int


@dataclass(frozen=True)
class End:
    """The script's last word. Without it, the link was lost.

    Args:
        status: 0 when every step is ok, change or changed; 1 otherwise.
    """

    status: int


Record = Ready | Hello | Held | Begin | Tick | Done | JobDone | OutputValue | Reboot | Stopped | End
