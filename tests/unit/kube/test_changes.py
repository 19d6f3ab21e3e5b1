"""What a changed setting does to a running cluster: every setting has its row, and refusals say why."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from kube.checks.changes import CHANGES, Effect, changes_table, departed, refused
from kube.facts.cluster import parse_live
from kube.settings.inventory import Inventory
from kube.settings.models import Flannel, HostSettings
from tests.unit.kube.clusters import cluster, host
from tests.unit.kube.test_facts import LIVE_ANSWER

LIVE = parse_live(LIVE_ANSWER.replace("containerd://2.2.0", "docker://29.1.0"))
HOSTS = {"control_planes": {"node1": host("10.77.0.11")}, "workers": {"node2": host("10.77.0.12")}}
SAME: dict[str, Any] = {"api_endpoint": "api.example.org:6443"}


def paths(**settings: Any) -> list[tuple[str | int, ...]]:
    wanted = cluster(**{**SAME, **settings})
    return [finding.path for finding in refused(LIVE, wanted, **HOSTS)]


def names(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, info in model.model_fields.items():
        path = f"{prefix}{info.alias or name}"
        if info.annotation is Flannel or (prefix == "" and name not in {"ssh", "control_planes", "workers"}):
            assert isinstance(info.annotation, type)
            yield from names(info.annotation, f"{path}.")
        elif name not in {"control_planes", "workers"}:
            yield path


def test_every_setting_has_one_row() -> None:
    settings = [*names(Inventory, ""), *names(HostSettings, "HOST.")]
    assert sorted(change.setting for change in CHANGES) == sorted(settings)


def test_a_refusal_says_why_and_a_restart_says_what() -> None:
    assert all(change.what for change in CHANGES if change.effect in {Effect.REFUSED, Effect.RESTARTS})


def test_an_unchanged_cluster_is_not_refused() -> None:
    assert paths() == []


def test_another_version_is_refused_with_what_stands_in_the_way() -> None:
    assert paths(kubernetes="1.35.0") == [("cluster", "kubernetes")]
    (finding,) = refused(LIVE, cluster(**SAME, kubernetes="1.33.9"), **HOSTS)
    assert "no downgrade" in finding.what
    assert finding.advice == "write 1.34.2"


def test_every_refusal_says_what_to_write_instead() -> None:
    settings = {"kubernetes": "1.35.0", "runtime": "containerd", "certificate_names": ["k.example.org"]}
    other = {"control_planes": {"node1": host("10.77.0.99")}, "workers": HOSTS["workers"]}
    found = [*refused(LIVE, cluster(**settings), **other)]
    assert {finding.path[-1] for finding in found} >= {*settings, "api_endpoint", "address"}
    assert all(finding.advice.startswith(("write ", "remove it")) for finding in found)


def test_networks_runtime_and_endpoint_of_a_running_cluster_stay() -> None:
    assert paths(pod_cidr="10.200.0.0/16") == [("cluster", "pod_cidr")]
    assert paths(service_cidr="10.100.0.0/16") == [("cluster", "service_cidr")]
    assert paths(api_endpoint=None) == [("cluster", "api_endpoint")]
    assert paths(runtime="containerd") == [("cluster", "runtime")] * 2


def test_the_names_in_the_apis_certificate_stay() -> None:
    assert paths(certificate_names=["api2.example.org"]) == [("cluster", "certificate_names")]
    named = parse_live(f"{LIVE_ANSWER.replace('containerd', 'docker')}apiServer:\n  certSANs: [b, a]\n")
    assert list(refused(named, cluster(**SAME, certificate_names=["a", "b"]), **HOSTS)) == []
    (finding,) = refused(named, cluster(**SAME), **HOSTS)
    assert "b, a" in finding.what


def test_a_node_keeps_its_address() -> None:
    moved = {"control_planes": HOSTS["control_planes"], "workers": {"node2": host("10.77.0.99")}}
    (finding,) = refused(LIVE, cluster(**SAME), **moved)
    assert finding.path == ("workers", "node2", "address")


def test_a_cluster_that_does_not_answer_refuses_nothing() -> None:
    assert list(refused(parse_live(""), cluster(pod_cidr="10.200.0.0/16"), **HOSTS)) == []


def test_a_node_that_left_the_inventory_is_named() -> None:
    assert departed(LIVE, ["node1"]) == ("node2",)
    assert departed(LIVE, ["node1", "node2", "node3"]) == ()


def test_the_table_for_docs_has_a_row_for_each() -> None:
    assert changes_table().count("\n") == len(CHANGES) + 2
