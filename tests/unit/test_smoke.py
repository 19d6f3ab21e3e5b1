"""What the smoke test makes of a cluster's answers; the cluster is a function here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from nodewright.errors import StepFailed, VerificationFailed
from nodewright.workflow.context import Context, Host
from workflows.kubectl import Kubectl
from workflows.smoke import look as looking
from workflows.smoke.daemon_sets import node_services_run, speakers_run
from workflows.smoke.layers import pods_run_on_different_nodes
from workflows.smoke.look import Look, until

DAEMON_SET = json.dumps({"spec": {"selector": {"matchLabels": {"app": "flannel"}}}})
SEEN = "7 7 2"
RUNS = "2026-11-25T12:00:00Z,"


class Cluster:
    """Answers kubectl by the first key that its command holds; a key without an answer fails.

    Args:
        answers: what is printed, or calls that print it or raise.
    """

    hosts: Mapping[str, Host[Any]] = {}

    def __init__(self, answers: Mapping[str, str | Callable[[], str] | None]) -> None:
        self.answers = dict(answers)

    def ask(self, host: str, script: str, *, timeout: float = 60.0) -> str:
        for key, answer in self.answers.items():
            if key in script:
                if answer is None:
                    raise StepFailed("a question to the host failed with status 1", output=f"no {key}")
                return answer if isinstance(answer, str) else answer()
        return ""

    def context(self, host: str) -> Context[Any]:
        raise AssertionError(host)

    def ended(self, stage: str) -> Mapping[str, str]:
        return {}

    def progress(self, text: str) -> None:
        pass

    def pause(self, seconds: float) -> None:
        pass


def look(answers: Mapping[str, str | Callable[[], str] | None], patience: float = 0.0) -> Look:
    """A look at a cluster of node1 and node2."""
    operator = Cluster(answers)
    return Look(
        operator=operator,
        kubectl=Kubectl(operator, "node1"),
        namespace="nodewright-smoke-abc123",
        addresses={"node1": "192.0.2.1", "node2": "192.0.2.2"},
        domain="cluster.local",
        flannel="kube-flannel",
        load_balancer=True,
        source=None,
        macs={},
        patience=patience,
        back_off=0.0,
    )


def pods(*rows: tuple[str, str, str]) -> str:
    """What kubectl says of pods: node, whether Ready, when each container started."""
    return "".join(f"pod-{node}\t{node}\t\t{ready}\t{starts}\n" for node, ready, starts in rows)


def flannel(status: str, listed: str) -> dict[str, str | Callable[[], str] | None]:
    """flannel as told, and a kube-proxy that runs."""
    both = pods(("node1", "True", RUNS), ("node2", "True", RUNS))
    return {
        "waiting.reason": None,
        "kube-flannel get daemonset kube-flannel-ds --ignore": DAEMON_SET,
        "kube-flannel get daemonset": status,
        "kube-flannel get pods": listed,
        "kube-proxy --ignore": DAEMON_SET,
        "get daemonset kube-proxy": SEEN,
        "kube-system get pods": both,
    }


def test_flannel_and_kube_proxy_that_run_on_every_node_are_fine() -> None:
    node_services_run(look(flannel(SEEN, pods(("node1", "True", RUNS), ("node2", "True", RUNS)))))


def test_a_daemon_set_that_is_gone_is_told_although_pages_may_still_come() -> None:
    with pytest.raises(
        VerificationFailed, match="kube-flannel/kube-flannel-ds is not in the cluster"
    ) as caught:
        node_services_run(look({"ignore-not-found": ""}))
    assert caught.value.advice == "invoke provision puts it back"


@pytest.mark.parametrize(
    ("status", "listed", "missing"),
    [
        (SEEN, pods(("node1", "True", RUNS), ("node2", "False", RUNS)), "does not run on node2"),
        (SEEN, pods(("node1", "True", RUNS)), "1 pods, and 2 wanted"),
        ("7 7 0", "", "0 pods, and 0 wanted"),
        ("7 7", "", "0 pods, and an unknown number wanted"),
        ("8 7 2", "", "its controller has not seen its last change"),
    ],
)
def test_a_daemon_set_with_less_than_it_wants_fails(status: str, listed: str, missing: str) -> None:
    with pytest.raises(VerificationFailed, match=missing):
        node_services_run(look(flannel(status, listed)))


def test_a_pod_on_a_node_that_the_test_is_made_without_is_not_wanted() -> None:
    listed = pods(("node1", "True", RUNS), ("node2", "True", RUNS), ("frozen", "Unknown", RUNS))
    node_services_run(look(flannel("7 7 3", listed)))


@pytest.mark.parametrize(("starts", "runs"), [(RUNS, True), ("", False), (f"{RUNS},", False)])
def test_a_speaker_counts_once_its_containers_run(starts: str, runs: bool) -> None:
    answers = {
        "waiting.reason": None,
        "speaker --ignore": DAEMON_SET,
        "get daemonset speaker": "1 1 2",
        "get pods": pods(("node1", "False", RUNS), ("node2", "False", starts)),
    }
    if runs:
        speakers_run(look(answers))
    else:
        with pytest.raises(VerificationFailed, match="does not run on node2"):
            speakers_run(look(answers))


@pytest.fixture
def doubts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether waiting is in vain is asked at every look."""
    monkeypatch.setattr(looking, "_DOUBT_EVERY", 0.0)


@pytest.mark.usefixtures("doubts")
@pytest.mark.parametrize("asked", ["reason=FailedCreate", "waiting.reason"])
def test_pods_that_wait_in_vain_end_the_test_at_once_with_the_reason(asked: str) -> None:
    refused = 'pods "nginx" is forbidden: violates PodSecurity'
    quiet = {
        "reason=FailedCreate": None,
        "waiting.reason": None,
        "pods --selector=app=nginx --output=json": '{"items": []}',
    }
    with pytest.raises(VerificationFailed, match="did not become Ready") as caught:
        pods_run_on_different_nodes(look({**quiet, asked: refused}, 600))
    assert caught.value.output.startswith(f"{refused}\n")


def test_a_look_that_fails_is_looked_at_again() -> None:
    refusals = iter([StepFailed("refused"), StepFailed("refused"), None])

    def answers() -> bool:
        refusal = next(refusals)
        if refusal:
            raise refusal
        return True

    assert until(look({}, 60), answers, 60) is None


def test_a_look_that_fails_to_the_end_is_the_reason() -> None:
    def refused() -> bool:
        raise StepFailed("the API refused", advice="look at it")

    assert until(look({}), refused, 0) == "the API refused\n  → look at it"
