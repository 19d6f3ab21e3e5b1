"""Reads and writes the records that a running script prints, one per line.

A line is `RUN_ID TAB KIND TAB FIELD…`; free text is base64. A line that does not start with the run's id
is noise (a banner, output of a login profile) and is ignored.

    kind      fields, in the order of the record's own       record
    ready                                                    Ready
    hello     boot id                                        Hello
    held      holder*                                        Held
    begin     step                                           Begin
    tick      step, seconds, last line*                      Tick
    done      step, outcome, seconds, text*, 0|1, status     Done (0|1: timed out)
    job       job                                            JobDone
    output    name, value*                                   OutputValue
    reboot    step, boot id                                  Reboot
    stopped   step                                           Stopped
    end       status                                         End

Fields with a star are free text: base64 of its bytes, empty for an empty text.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import astuple, dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """Says how a step or a job ended; only tasks on the operator's side can end `not proven`."""

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
    """The script arrived whole and has begun.

    Args:
        boot_id: the kernel's id of the present boot.
    """

    boot_id: str


@dataclass(frozen=True)
class Held:
    """Another run holds the host's lock; the script did nothing.

    Args:
        holder: one line with the other run's id, user, machine and start.
    """

    holder: str


@dataclass(frozen=True)
class Begin:
    """A step's apply is about to run."""

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
    """A step has ended.

    Args:
        outcome: ok, change, changed, failed or unconverged.
        seconds: duration of check, apply and second check together.
        text: the output of `show` for change; the kept output for failed and unconverged.
        timed_out: the step was killed at its timeout.
        status: exit status of the command that failed, else 0.
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
    """The host gives a value to other hosts or to the operator; it counts as a secret unless told otherwise."""

    name: str
    value: str


@dataclass(frozen=True)
class Reboot:
    """The host is about to reboot; the script has to be sent again once the boot id differs.

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
    """The script has ended. If this record is missing, the link was lost.

    Args:
        status: 0 when every step is ok, change or changed; 1 otherwise.
    """

    status: int


Record = Ready | Hello | Held | Begin | Tick | Done | JobDone | OutputValue | Reboot | Stopped | End

#: A run id needs no quoting, neither in a shell nor as the name of a file.
RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def parse(line: bytes, run_id: str) -> Record | None:
    """Returns the record in a line of a script's output, or None for noise.

    Noise is every line that holds no record of this run: banners, output of profiles, a line that broke off.
    In free text, bytes that are not UTF-8 become U+FFFD.

    Args:
        line: one line as it came, with or without its newline.
        run_id: the run whose records are wanted.
    """
    prefix, _, rest = line.rstrip(b"\r\n").partition(b"\t")
    if prefix != run_id.encode():
        return None
    kind, *values = rest.decode("utf-8", "replace").split("\t")
    form = _FORM_BY_KIND.get(kind)
    if form is None or len(values) != len(form.fields):
        return None
    try:
        return form.record(*(field.read(value) for field, value in zip(form.fields, values, strict=True)))
    except ValueError:
        return None


def encode(record: Record, run_id: str) -> bytes:
    """Returns the line, newline included, that a script prints for a record; `parse` reads it back."""
    form = _FORM_BY_RECORD[type(record)]
    values = (field.write(value) for field, value in zip(form.fields, astuple(record), strict=True))
    return ("\t".join([run_id, form.kind, *values]) + "\n").encode()


@dataclass(frozen=True)
class _Field:
    write: Callable[[Any], str]
    read: Callable[[str], Any]


@dataclass(frozen=True)
class _Form:
    kind: str
    record: type[Record]
    fields: tuple[_Field, ...] = ()


def _pack(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _unpack(field: str) -> str:
    return base64.b64decode(field, validate=True).decode("utf-8", "replace")


_WORD = _Field(str, str)
_NUMBER = _Field(str, int)
_SECONDS = _Field(str, float)
_TEXT = _Field(_pack, _unpack)
_FLAG = _Field(lambda value: str(int(value)), lambda field: bool(int(field)))
_OUTCOME = _Field(str, Outcome)

_FORMS = (
    _Form("ready", Ready),
    _Form("hello", Hello, (_WORD,)),
    _Form("held", Held, (_TEXT,)),
    _Form("begin", Begin, (_NUMBER,)),
    _Form("tick", Tick, (_NUMBER, _SECONDS, _TEXT)),
    _Form("done", Done, (_NUMBER, _OUTCOME, _SECONDS, _TEXT, _FLAG, _NUMBER)),
    _Form("job", JobDone, (_NUMBER,)),
    _Form("output", OutputValue, (_WORD, _TEXT)),
    _Form("reboot", Reboot, (_NUMBER, _WORD)),
    _Form("stopped", Stopped, (_NUMBER,)),
    _Form("end", End, (_NUMBER,)),
)
_FORM_BY_KIND = {form.kind: form for form in _FORMS}
_FORM_BY_RECORD = {form.record: form for form in _FORMS}
