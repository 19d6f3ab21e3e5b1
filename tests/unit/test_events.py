"""Events: plain, versioned, and without any secret."""

from __future__ import annotations

import dataclasses
import inspect
import json
import time
from types import SimpleNamespace
from typing import Any, get_type_hints

import pytest

from nodewright.errors import Problem, StepFailed
from nodewright.reports import events
from nodewright.reports.events import (
    Event,
    JobEnded,
    JobStarted,
    ProblemMet,
    RunInterrupted,
    StepEnded,
    StepTicked,
    as_json,
    unified,
)
from nodewright.reports.journal import Journal, problem_met, secrets_in, warning
from nodewright.script.records import Outcome
from nodewright.secret import MASK, Secret
from nodewright.transport import Target
from nodewright.workflow.context import Host

KINDS = [
    kind
    for _, kind in inspect.getmembers(events, inspect.isclass)
    if issubclass(kind, Event) and kind is not Event
]


def ended(**more: Any) -> StepEnded:
    """A step that failed."""
    return StepEnded(
        at=1.5, host="w1", stage="join", step="join", outcome=Outcome.FAILED, seconds=2.0, **more
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_event_is_frozen_and_says_what_it_is(kind: type[Event]) -> None:
    assert getattr(kind, "__dataclass_params__").frozen  # noqa: B009
    assert kind.__doc__ is not None
    assert not kind.__doc__.startswith(kind.__name__)


@pytest.mark.parametrize("kind", KINDS)
def test_every_event_becomes_json(kind: type[Event]) -> None:
    samples: dict[Any, Any] = {str: "text", int: 1, float: 1.5, bool: True, Outcome: Outcome.OK}
    hints = get_type_hints(kind)
    values = {field.name: samples.get(hints[field.name], ()) for field in dataclasses.fields(kind)}
    plain = json.loads(json.dumps(as_json(kind(**values))))
    assert plain["version"] == events.VERSION
    assert set(plain) == {"version", "event", *values}


def test_an_event_is_named_in_words() -> None:
    assert as_json(ended())["event"] == "step ended"
    assert as_json(ended())["outcome"] == "failed"


def test_a_diff_goes_from_what_is_to_what_is_wanted() -> None:
    assert unified("a\nb\n", "a\nc\n") == "@@ -1,2 +1,2 @@\n a\n-b\n+c"


def test_equal_texts_have_no_diff() -> None:
    assert unified("a\n", "a\n") == ""


def test_a_file_that_is_not_there_yet_is_all_new() -> None:
    assert unified("", "a\nb\n") == "@@ -0,0 +1,2 @@\n+a\n+b"


def test_secrets_are_masked_in_every_text() -> None:
    told: list[Event] = []
    journal = Journal([told.append], [Secret("hunter2")])
    journal.tell(ended(output="password hunter2", diff="+hunter2", where="hunter2:1"))
    journal.tell(RunInterrupted(at=1, presses=1, running=("w1: login hunter2", "w2: two")))
    assert told == [
        ended(output=f"password {MASK}", diff=f"+{MASK}", where=f"{MASK}:1"),
        RunInterrupted(at=1, presses=1, running=(f"w1: login {MASK}", "w2: two")),
    ]


def test_a_secret_that_comes_up_later_is_masked_from_then_on() -> None:
    told: list[Event] = []
    journal = Journal([told.append], [])
    journal.add_secret(Secret("abc.def"))
    journal.tell(StepTicked(at=1, host="w1", stage="join", step="join", seconds=3, last_line="token abc.def"))
    assert [getattr(event, "last_line") for event in told] == [f"token {MASK}"]  # noqa: B009


def test_a_password_for_each_of_a_thousand_hosts_costs_little() -> None:
    journal = Journal([], [Secret(f"password of host {number}") for number in range(1000)])
    begin = time.process_time()
    for number in range(20_000):
        journal.tell(JobStarted(at=1, host=f"w{number % 1000}", stage="prepare"))
    assert time.process_time() - begin < 10


def test_errors_are_masked_as_a_whole() -> None:
    journal = Journal([], [Secret("hunter2")])
    error = journal.masked_error(StepFailed("hunter2 is wrong", output="hunter2", advice="change hunter2"))
    assert "hunter2" not in str(error)
    assert "hunter2" not in repr(error)


def test_an_empty_secret_masks_nothing() -> None:
    told: list[Event] = []
    Journal([told.append], [Secret("")]).tell(ended(output="all is well"))
    assert told == [ended(output="all is well")]


def test_secrets_are_found_wherever_they_are() -> None:
    target = Target(
        name="a", host="a", sudo_password=Secret("one"), jump=Target(name="b", host="b", key=None)
    )
    settings = SimpleNamespace(mirror={"users": [{"password": Secret("two")}]}, plain="three")
    settings.itself = settings
    host = Host(name="a", address="192.0.2.1", groups=(), target=target, settings=settings)
    assert {secret.reveal() for secret in secrets_in(host)} == {"one", "two"}


def test_a_broken_reporter_is_dropped_and_the_others_are_told() -> None:
    told: list[Event] = []
    calls = 0

    def breaks(event: Event) -> None:
        nonlocal calls
        calls += 1
        raise OSError("no space left on device")

    journal = Journal([breaks, told.append], [])
    journal.tell(ended())
    journal.tell(ended())
    assert calls == 1
    assert [type(event) for event in told] == [ProblemMet, StepEnded, StepEnded]
    assert "no space left on device" in as_json(told[0])["problem"]["what"]


def test_an_error_becomes_an_event_with_all_its_parts() -> None:
    error = StepFailed("failed", host="w1", step="join", where="roles/join.py:3", output="x", advice="y")
    told = as_json(problem_met(error))
    assert (told["kind"], told["exit_code"]) == ("StepFailed", 7)
    assert told["problem"] == {
        "what": "failed",
        "host": "w1",
        "step": "join",
        "where": "roles/join.py:3",
        "output": "x",
        "advice": "y",
    }


def test_a_warning_is_an_event_without_an_exit_code() -> None:
    told = warning(Problem(what="the clock is off", host="w1"))
    assert (told.kind, told.exit_code, told.problem.host) == ("Warning", 0, "w1")


def test_a_job_that_never_began_has_no_start() -> None:
    event = JobEnded(
        at=1, host="w1", stage="join", outcome=Outcome.BLOCKED, started=None, because="init on cp1"
    )
    assert as_json(event)["started"] is None
