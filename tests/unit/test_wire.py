"""Records survive the wire, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodewright.script.records import (
    Begin,
    Done,
    End,
    Held,
    Hello,
    JobDone,
    Outcome,
    OutputValue,
    Ready,
    Reboot,
    Record,
    Stopped,
    Tick,
    encode,
    parse,
)

RUN = "20261120-2300-provision-5f3a"

numbers = st.integers(0, 9999)
seconds = st.floats(0, 1e6, allow_nan=False)
texts = st.text(st.characters(codec="utf-8"))
words = st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True)
records: st.SearchStrategy[Record] = st.one_of(
    st.builds(Ready),
    st.builds(Hello, words),
    st.builds(Held, texts),
    st.builds(Begin, numbers),
    st.builds(Tick, numbers, seconds, texts),
    st.builds(Done, numbers, st.sampled_from(Outcome), seconds, texts, st.booleans(), numbers),
    st.builds(JobDone, numbers),
    st.builds(OutputValue, words, texts),
    st.builds(Reboot, numbers, words),
    st.builds(Stopped, numbers),
    st.builds(End, numbers),
)


@given(records)
def test_every_record_is_one_line_and_reads_back_as_it_was(record: Record) -> None:
    line = encode(record, RUN)
    assert line.count(b"\n") == 1
    assert parse(line, RUN) == record


@given(st.binary())
def test_bytes_that_are_no_record_are_noise_and_never_an_error(line: bytes) -> None:
    assert parse(line, RUN) is None
    assert parse(RUN.encode() + b"\tno-such-kind\t" + line, RUN) is None


@given(records)
def test_a_record_of_another_run_is_noise(record: Record) -> None:
    assert parse(encode(record, "another-run"), RUN) is None


@pytest.mark.parametrize(
    "line",
    [b"\tend", b"\tend\tx", b"\tend\t0\t0", b"\tdone\t0\tok\t0.1\t!!\t0\t0", b"\tdone\t0\tfine\t0.1\t\t0\t0"],
)
def test_a_broken_record_is_noise(line: bytes) -> None:
    assert parse(RUN.encode() + line, RUN) is None


def test_text_that_is_no_utf8_is_kept_as_far_as_it_can_be() -> None:
    assert parse(RUN.encode() + b"\toutput\tname\t/2E=", RUN) == OutputValue("name", "�a")
