"""The book of values between hosts: who is asked, what still holds, what is to be taken back."""

from __future__ import annotations

from nodewright.secret import Secret
from nodewright.workflow.graph import Job, build
from nodewright.workflow.stages import Input
from nodewright.workflow.values import Request, Values
from tests.unit.fleet import everyone, hosts, role, stage, workflow

MACHINES = hosts("cp1", "w1", "w2")
W1, W2 = Job("join", "w1"), Job("join", "w2")
TOKEN = Input(names=("token",), source=everyone, give=role("make"), revoke=role("drop"), lasts=60)
VALUE = {"token": Secret("abc")}


class Book:
    """The values of a workflow in which both workers want a token, with a clock that the test turns."""

    def __init__(self) -> None:
        flow = workflow(stage("join", lambda found: found[1:], inputs=(TOKEN,)))
        everybody = frozenset(host.name for host in MACHINES)
        graph = build(flow, MACHINES, limit=everybody, independent=lambda stage, host: False)
        self.now = 0.0
        self.lost: set[str] = set()
        self.values = Values(graph, MACHINES, lost=self.lost.__contains__, clock=lambda: self.now)

    def asked(self, *jobs: Job) -> tuple[Request, ...]:
        """What is to be asked for once these jobs are ready."""
        for job in jobs:
            self.values.want(job)
        requests = self.values.requests()
        for request in requests:
            self.values.ask(request.entry)
        return requests

    def taken_out(self) -> list[str]:
        """What is revoked now, and is in the book no more."""
        found = self.values.unneeded()
        for given in found:
            self.values.strike(given)
        return [given.values["token"].reveal() for given in found]


def test_one_host_is_asked_once_for_all_that_wait() -> None:
    (request,) = Book().asked(W1, W2)
    assert (request.source, request.consumers) == ("cp1", (W1, W2))


def test_who_comes_while_a_host_is_being_asked_waits_for_its_answer() -> None:
    book = Book()
    book.asked(W1)
    assert book.asked(W2) == ()
    assert book.values.take(TOKEN, "cp1", VALUE) == ("w1", "w2")


def test_a_given_value_serves_later_consumers() -> None:
    book = Book()
    book.asked(W1)
    book.values.take(TOKEN, "cp1", VALUE)
    book.now = 59
    assert book.values.has_all(W2)
    assert book.values.values(W2) == VALUE


def test_a_value_that_is_too_old_is_asked_for_anew() -> None:
    book = Book()
    book.asked(W1)
    book.values.take(TOKEN, "cp1", VALUE)
    book.now = 60
    (request,) = book.asked(W2)
    assert request.consumers == (W2,)
    book.values.take(TOKEN, "cp1", {"token": Secret("def")})
    assert book.values.values(W2)["token"] == Secret("def")


def test_every_value_is_to_be_revoked_once_the_last_consumer_has_ended() -> None:
    book = Book()
    book.asked(W1)
    book.values.take(TOKEN, "cp1", VALUE)
    book.now = 60
    book.asked(W2)
    book.values.take(TOKEN, "cp1", {"token": Secret("def")})
    book.values.end(W1)
    assert book.taken_out() == []
    book.values.end(W2)
    assert book.taken_out() == ["abc", "def"]
    assert book.taken_out() == []


def test_a_value_that_comes_when_nobody_needs_it_any_more_is_to_be_revoked() -> None:
    book = Book()
    book.asked(W1)
    book.values.end(W1)
    book.values.end(W2)
    assert book.taken_out() == []
    book.values.take(TOKEN, "cp1", VALUE)
    assert book.taken_out() == ["abc"]


def test_half_of_what_was_asked_for_is_to_be_revoked_at_once() -> None:
    book = Book()
    book.asked(W1)
    book.values.refuse(TOKEN, "cp1", VALUE)
    assert book.taken_out() == ["abc"]


def test_the_next_host_is_asked_after_one_that_could_not_give() -> None:
    book = Book()
    book.asked(W1)
    book.values.refuse(TOKEN, "cp1", {})
    (request,) = book.asked(W1)
    assert request.source == "w1"


def test_a_lost_host_is_not_asked() -> None:
    book = Book()
    book.lost.add("cp1")
    (request,) = book.asked(W1)
    assert request.source == "w1"


def test_when_no_host_is_left_the_request_has_no_source() -> None:
    book = Book()
    book.lost.update({"cp1", "w1", "w2"})
    (request,) = book.asked(W1)
    assert (request.source, request.candidates) == (None, ("cp1", "w1", "w2"))


def test_questions_change_nothing() -> None:
    book = Book()
    book.values.want(W1)
    assert book.values.requests() == book.values.requests()
    book.asked()
    book.values.refuse(TOKEN, "cp1", VALUE)
    assert book.values.unneeded() == book.values.unneeded()
