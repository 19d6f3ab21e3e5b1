"""The book of values between hosts: who is asked, what still holds, what is to be taken back."""

from __future__ import annotations

from typing import Any

from nodewright.secret import Secret
from nodewright.workflow.graph import Job, build
from nodewright.workflow.stages import Input
from nodewright.workflow.values import Asking, Grants
from tests.unit.fleet import everyone, hosts, role, stage, workflow

MACHINES = hosts("cp1", "w1", "w2")
W1, W2 = Job("join", "w1"), Job("join", "w2")
TOKEN = Input(names=("token",), source=everyone, offer=role("make"), revoke=role("drop"), lasts=60)
VALUE = {"token": Secret("abc")}


class Book:
    """Grants of a workflow in which both workers want a token, with a clock that the test turns."""

    def __init__(self) -> None:
        flow = workflow(stage("join", lambda found: found[1:], inputs=(TOKEN,)))
        everybody = frozenset(host.name for host in MACHINES)
        graph = build(flow, MACHINES, limit=everybody, alone=lambda stage, host: False)
        self.now = 0.0
        self.lost: set[str] = set()
        self.grants = Grants(graph, MACHINES, lost=self.lost.__contains__, clock=lambda: self.now)

    def asked(self, *jobs: Job) -> tuple[Asking, ...]:
        """What is to be asked for once these jobs are ready."""
        for job in jobs:
            self.grants.given(job)
        return self.grants.asking()


def names(found: Any) -> list[str]:
    """The values, to compare them."""
    return [grant.values["token"].reveal() for grant in found]


def test_one_offer_is_asked_for_all_that_wait() -> None:
    (asking,) = Book().asked(W1, W2)
    assert (asking.source, asking.consumers) == ("cp1", (W1, W2))


def test_who_comes_while_an_offer_is_under_way_waits_for_it() -> None:
    book = Book()
    book.asked(W1)
    assert book.asked(W2) == ()
    assert book.grants.offered(TOKEN, "cp1", VALUE) == ("w1", "w2")


def test_a_given_value_serves_later_consumers() -> None:
    book = Book()
    book.asked(W1)
    book.grants.offered(TOKEN, "cp1", VALUE)
    book.now = 59
    assert book.grants.given(W2)
    assert book.grants.values(W2) == VALUE


def test_a_value_that_is_too_old_is_asked_for_anew() -> None:
    book = Book()
    book.asked(W1)
    book.grants.offered(TOKEN, "cp1", VALUE)
    book.now = 60
    (asking,) = book.asked(W2)
    assert asking.consumers == (W2,)
    book.grants.offered(TOKEN, "cp1", {"token": Secret("def")})
    assert book.grants.values(W2)["token"] == Secret("def")


def test_every_value_is_to_be_revoked_once_the_last_consumer_has_ended() -> None:
    book = Book()
    book.asked(W1)
    book.grants.offered(TOKEN, "cp1", VALUE)
    book.now = 60
    book.asked(W2)
    book.grants.offered(TOKEN, "cp1", {"token": Secret("def")})
    book.grants.ended(W1)
    assert book.grants.unneeded() == ()
    book.grants.ended(W2)
    assert names(book.grants.unneeded()) == ["abc", "def"]
    assert book.grants.unneeded() == ()


def test_a_value_that_comes_when_nobody_needs_it_any_more_is_to_be_revoked() -> None:
    book = Book()
    book.asked(W1)
    book.grants.ended(W1)
    book.grants.ended(W2)
    assert book.grants.unneeded() == ()
    book.grants.offered(TOKEN, "cp1", VALUE)
    assert names(book.grants.unneeded()) == ["abc"]


def test_half_of_an_offer_is_to_be_revoked_at_once() -> None:
    book = Book()
    book.asked(W1)
    book.grants.refused(TOKEN, "cp1", VALUE)
    assert names(book.grants.unneeded()) == ["abc"]


def test_the_next_host_is_asked_after_one_that_could_not_give() -> None:
    book = Book()
    book.asked(W1)
    book.grants.refused(TOKEN, "cp1", {})
    (asking,) = book.asked(W1)
    assert asking.source == "w1"


def test_a_lost_host_is_not_asked() -> None:
    book = Book()
    book.lost.add("cp1")
    (asking,) = book.asked(W1)
    assert asking.source == "w1"


def test_when_no_host_is_left_the_asking_has_no_source() -> None:
    book = Book()
    book.lost.update({"cp1", "w1", "w2"})
    (asking,) = book.asked(W1)
    assert (asking.source, asking.candidates) == (None, ("cp1", "w1", "w2"))
