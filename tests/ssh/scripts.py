"""Small scripts that speak records, for tests of what carries them."""

from __future__ import annotations

import shlex
from pathlib import Path

from nodewright.script.records import End, Hello, OutputValue, Record, encode
from nodewright.transport import Message, Target, Transport

RUN_ID = "run-1"


def say(*records: Record) -> str:
    """A line of shell that emits records."""
    lines = b"".join(encode(record, RUN_ID) for record in records)
    return f"printf %s {shlex.quote(lines.decode())}\n"


def ask(question: str) -> str:
    """A line of shell that emits the output of a command as the value `answer`."""
    return f"printf '%s\\toutput\\tanswer\\t%s\\n' {RUN_ID} \"$({{ {question}; }} | base64 -w0)\"\n"


def wait_at(gate: Path) -> str:
    """A line of shell that waits until a test opens the gate; not longer than some ten seconds."""
    return f"timeout 10 cat {shlex.quote(str(gate))} >/dev/null </dev/null\n"


def message(*lines: str, timeout: float = 20.0) -> Message:
    """A script that says Hello, does what the lines say, and ends."""
    text = say(Hello("boot")) + "".join(lines) + say(End(0))
    return Message(run_id=RUN_ID, text=text, timeout=timeout)


def answer(transport: Transport, target: Target, question: str) -> str:
    """What a command prints that is run by the script on the target."""
    records = list(transport.run(target, message(ask(question))))
    assert records[-1] == End(0)
    return "".join(record.value for record in records if isinstance(record, OutputValue)).strip()
