"""Asks a host for its facts, its boot id, or what a task wants to know; tells its scripts to stop."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nodewright.facts.fragment import Facts, Fragment
from nodewright.script.compile import question, stop_text
from nodewright.script.records import Done, End, Hello, OutputValue
from nodewright.transport import Message, Target, Transport

#: Seconds that a host may take to accept the order to stop.
_STOP_SECONDS = 30.0


@dataclass
class Answers:
    """Holds what a host answered in one exec.

    Args:
        boot_id: of the host's present boot.
        texts: name of each question → its output.
        complaint: standard error of the last question that failed.
        status: exit status of the first question that failed, else 0.
        at: when the host began to answer, by the operator's clock, in seconds since 1970.
    """

    boot_id: str
    texts: dict[str, str]
    complaint: str = ""
    status: int = 0
    at: float = 0.0


def ask(
    transport: Transport, target: Target, questions: Mapping[str, str], *, run_id: str, timeout: float
) -> Answers:
    """Returns the host's answers to small scripts, all sent in one exec. It takes no lock.

    Args:
        questions: POSIX sh by name.
        run_id: first field of each record.
        timeout: seconds until a question is killed; its output so far is its answer.

    Raises:
        ConnectError, ConnectionLost: as the transport does.
    """
    # A script that hangs prints nothing until it is killed.
    message = Message(run_id=run_id, text=question(run_id, questions, timeout), timeout=timeout + 30)
    answers = Answers("", dict.fromkeys(questions, ""))
    for record in transport.run(target, message):
        answers.at = answers.at or time.time()
        if isinstance(record, Hello):
            answers.boot_id = record.boot_id
        elif isinstance(record, OutputValue):
            answers.texts[record.name] = record.value
        elif isinstance(record, Done):
            answers.complaint = record.text
        elif isinstance(record, End):
            answers.status = record.status
    return answers


def gather(
    transport: Transport, target: Target, fragments: Iterable[Fragment[Any]], *, timeout: float = 30.0
) -> Facts:
    """Returns the facts of a host.

    Args:
        fragments: the questions; equal ones are asked once.
        timeout: seconds until a question is killed; its output so far is its answer.

    Raises:
        ConnectError, ConnectionLost: as the transport does.
        ValueError: two different fragments have one name.
    """
    asked = by_name(fragments)
    questions = {name: fragment.script for name, fragment in asked.items()}
    run_id = f"facts-{uuid.uuid4().hex[:12]}"
    answers = ask(transport, target, questions, run_id=run_id, timeout=timeout)
    parsed = {name: fragment.parse(answers.texts[name]) for name, fragment in asked.items()}
    return Facts(parsed, at=answers.at)


def by_name(fragments: Iterable[Fragment[Any]]) -> dict[str, Fragment[Any]]:
    """Returns fragments by their names.

    Raises:
        ValueError: two different ones have one name.
    """
    named: dict[str, Fragment[Any]] = {}
    for fragment in fragments:
        if named.setdefault(fragment.name, fragment) != fragment:
            raise ValueError(f"two different fragments are named {fragment.name}")
    return named


def boot_id(transport: Transport, target: Target, *, run_id: str) -> str:
    """Returns the id of the host's present boot.

    Raises:
        ConnectError, ConnectionLost: as the transport does.
    """
    return ask(transport, target, {}, run_id=run_id, timeout=target.connect_timeout).boot_id


def stop_scripts(transport: Transport, target: Target, *, run_id: str) -> None:
    """Tells the scripts of a run on one host to stop before their next step.

    Raises:
        ConnectError, ConnectionLost: as the transport does; the scripts then run to their end.
    """
    ask(transport, target, {"stop": stop_text(run_id)}, run_id=run_id, timeout=_STOP_SECONDS)
