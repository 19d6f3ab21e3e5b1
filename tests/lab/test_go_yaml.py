"""What we write, Go reads as it was meant; and what others wrote, we read as Go does. The reader is kubeadm's own."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kube.kubeadm.configuration import init_configuration
from kube.objects.go_yaml import read_documents, write_documents
from lab.cache import Cache
from lab.host import go_binary
from tests.unit.kube.clusters import cluster, host, node

SOURCE = Path(__file__).parent / "go_yaml"
#: Text that YAML 1.1, YAML 1.2 and Go do not agree on.
TRAPS = [
    *("y", "Y", "n", "yes", "off", "ON", "true", "~", "null", "", "<<", "=", ".inf", "-.Inf", ".NaN", "!", "- a"),
    *("08", "010", "1e3", "0o17", "0b11", "0x1f", "1_000", "0_x1", "+.5", "5.", "1:30", "22:22", "2001-01-01"),
    *("1E400", "18446744073709551615", "18446744073709551616", "-9223372036854775809", "+9223372036854775808"),
    *("a: b", "a #b", "@a", "`a", "%a", "---", "..."),
    *("a\n---\nb\n", " a", "a ", "\ta", "a\n", "\n a\n  b", "\x85", "\u2028"),
]  # fmt: skip
TEXTS = (
    st.sampled_from(TRAPS)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.text(alphabet="0123456789_.:eExXoObB+-", max_size=8)
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=10,
)

Reading = Callable[[str], list[Any]]


@pytest.fixture(scope="session")
def reader(cache: Cache) -> Path:
    """The program, compiled once and kept in the lab's cache."""
    go = go_binary(cache)
    texts = [(SOURCE / name).read_bytes() for name in ("main.go", "go.mod", "go.sum")]
    key = hashlib.sha256(b"\0".join(texts)).hexdigest()[:16]

    def build(folder: Path) -> None:
        subprocess.run(
            [go, "build", "-mod=readonly", "-buildvcs=false", "-o", folder / "yaml-reader", "."],
            cwd=SOURCE,
            env={**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"},
            check=True,
        )

    return cache.make("tests", "yaml-reader", key, build) / "yaml-reader"


@pytest.fixture(scope="session")
def go_reads(reader: Path) -> Iterator[Reading]:
    """Asks a process that reads one text after the other."""
    with subprocess.Popen([reader], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        questions, answers = process.stdin, process.stdout
        assert questions is not None
        assert answers is not None

        def read(text: str) -> list[Any]:
            questions.write(json.dumps(text) + "\n")
            questions.flush()
            answer = json.loads(answers.readline())
            assert "error" not in answer, f"{answer['error']} in {text!r}"
            documents: list[Any] = answer["documents"]
            return documents

        yield read
        questions.close()


def kinds(value: Any) -> Any:
    """A value in which true is not 1 and text is no number; a number is the float that JSON has of it."""
    match value:
        case bool() | None | str():
            return value
        case dict():
            return {key: kinds(item) for key, item in value.items()}
        case list():
            return [kinds(item) for item in value]
        case _:
            return ("number", float(value))


@given(st.lists(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4), min_size=1, max_size=3))
@example([{"texts": TRAPS}, dict.fromkeys(TRAPS, "text")])
@settings(deadline=None, max_examples=500)
def test_go_reads_what_we_write_as_it_was_meant(go_reads: Reading, documents: list[Any]) -> None:
    assert kinds(go_reads(write_documents(documents))) == kinds(documents)


@given(st.sampled_from(TRAPS) | st.text(alphabet="0123456789_.:eExXoObBfnNyYt+-~", min_size=1, max_size=9))
@settings(deadline=None, max_examples=500)
def test_we_read_a_plain_scalar_as_go_does(go_reads: Reading, scalar: str) -> None:
    text = f"a: {scalar}\n"
    try:
        ours = read_documents(text)
    except yaml.YAMLError:
        return
    # There is no infinity in JSON: Go refuses it.
    assume(not any(str(value) in {"inf", "-inf", "nan"} for value in ours[0].values()))
    assert kinds(ours) == kinds(go_reads(text))


@pytest.mark.parametrize("name", ["y", "n", "08", "1e3", "0o17", "on", "12345"])
def test_a_cluster_and_a_host_of_any_name_keep_it(go_reads: Reading, name: str) -> None:
    named = node(name, of=cluster(name=name), settings=host("192.168.56.11", taints=[f"a={name}:NoSchedule"]))
    init, shared, *_ = go_reads(init_configuration(named))
    assert init["nodeRegistration"]["name"] == name
    assert init["nodeRegistration"]["taints"][0]["value"] == name
    assert shared["clusterName"] == name
