"""Settings that are passed on are held against what kubeadm, kubelet and kube-proxy of the minor read."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kube.checks.overrides import field_findings
from kube.kubeadm.configuration import JoinSecrets, init_configuration, join_configuration, kubelet_patch
from kube.settings.inventory import Inventory
from kube.versions.fields import types
from kube.versions.releases import NEWEST, OLDEST, RELEASES
from nodewright.inventory import Finding, InventoryError, load
from tests.unit.kube.clusters import cluster, host, node

SECRETS = JoinSecrets(token="THE-TOKEN", ca_hash="THE-CA-HASH", certificate_key="THE-CERTIFICATE-KEY")
DOCUMENTS = [
    "ClusterConfiguration",
    "InitConfiguration",
    "JoinConfiguration",
    "KubeletConfiguration",
    "KubeProxyConfiguration",
]
EXTRA_ARGS = ("apiServer", "extraArgs")


def found(values: dict[str, Any], *, of: str = "KubeletConfiguration", minor: int = 34) -> list[Finding]:
    return list(field_findings(of, values, minor))


def one(values: dict[str, Any], *, of: str = "KubeletConfiguration", minor: int = 34) -> Finding:
    (finding,) = found(values, of=of, minor=minor)
    return finding


def test_what_the_kubelet_reads_is_let_through() -> None:
    assert (
        found(
            {
                "maxPods": 150,
                "kubeAPIQPS": 20,
                "evictionHard": {"memory.available": "5%"},
                "authentication": {"webhook": {"cacheTTL": "1m30s"}},
                "featureGates": {"NodeSwap": True},
                "reservedMemory": [{"numaNode": 0, "limits": {"memory": "1Gi", "hugepages-2Mi": 0}}],
                "logging": {"flushFrequency": 5000000000, "verbosity": 2},
                "memoryThrottlingFactor": 0.9,
                "resolvConf": None,
            }
        )
        == []
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [("maxpods", "maxPods"), ("MAXPODS", "maxPods"), ("serializeImagePull", "serializeImagePulls")],
)
def test_a_misspelt_field_is_refused_with_the_one_that_was_meant(written: str, meant: str) -> None:
    finding = one({written: 1})
    assert finding.path == (written,)
    assert finding.what == f"kubelet 1.34 does not know `{written}`"
    assert finding.advice == f"did you mean `{meant}`?"


def test_a_field_within_another_is_found_at_its_path() -> None:
    assert one({"authentication": {"anonymus": {"enabled": False}}}).path == ("authentication", "anonymus")
    assert one({"registerWithTaints": [{"key": "a", "efect": "NoSchedule"}]}).path == (
        "registerWithTaints",
        0,
        "efect",
    )


def test_a_field_that_came_later_names_the_minor() -> None:
    finding = one({"imageMaximumGCAge": "24h"}, minor=28)
    assert finding.what == "kubelet 1.28 does not know `imageMaximumGCAge`: it came with 1.29"
    assert found({"imageMaximumGCAge": "24h"}, minor=29) == []


def test_a_field_that_went_names_the_minor() -> None:
    finding = one({"useHyperKubeImage": True}, of="ClusterConfiguration", minor=22)
    assert finding.what == "kubeadm 1.22 does not know `useHyperKubeImage`: it went with 1.22"


def test_arguments_as_a_map_are_refused_where_a_list_is_read() -> None:
    arguments = {"apiServer": {"extraArgs": {"profiling": False, "v": 2}}}
    finding = one(arguments, of="ClusterConfiguration", minor=31)
    assert finding.path == EXTRA_ARGS
    assert finding.what == "`extraArgs` should be a list for kubeadm 1.31, not a map"
    assert finding.advice == (
        'write it as [{"name": "profiling", "value": "false"}, {"name": "v", "value": "2"}]'
    )


def test_arguments_as_a_list_are_refused_where_a_map_is_read() -> None:
    arguments = {"apiServer": {"extraArgs": [{"name": "profiling", "value": "false"}]}}
    finding = one(arguments, of="ClusterConfiguration", minor=30)
    assert finding.path == EXTRA_ARGS
    assert finding.advice == 'write it as {"profiling": "false"}'


@pytest.mark.parametrize(
    ("field", "value", "wanted"),
    [
        ("maxPods", "150", "a whole number"),
        ("maxPods", 1.5, "a whole number"),
        ("maxPods", True, "a whole number"),
        ("serializeImagePulls", "no", "true or false"),
        ("clusterDomain", 10, "a text"),
        ("syncFrequency", "60", "a time with its unit"),
        ("syncFrequency", 60, "a time with its unit"),
        ("clusterDNS", "10.96.0.10", "a list"),
        ("evictionHard", "5%", "a map"),
        ("authentication", ["x509"], "a map"),
    ],
)
def test_a_value_of_another_kind_is_refused(field: str, value: object, wanted: str) -> None:
    finding = one({field: value})
    assert finding.path == (field,)
    assert f"`{field}` should be {wanted} for kubelet 1.34, not " in finding.what
    assert finding.advice


def test_a_number_in_a_map_of_texts_is_refused_at_its_key() -> None:
    finding = one({"systemReserved": {"cpu": 1}})
    assert finding.path == ("systemReserved", "cpu")
    assert finding.advice == "put it in quotes"


def test_the_kind_of_a_document_is_not_an_overrides_to_say() -> None:
    assert one({"kind": "Deployment"}).advice == "remove it"


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.line)
def test_all_that_is_written_for_kubeadm_is_read_by_it(release: Any) -> None:
    version = f"1.{release.minor}.0"
    full = cluster(kubernetes=version, api_endpoint="api.example.org", certificate_names=["a.example.org"],
                   kube_proxy={"mode": "ipvs"})  # fmt: skip
    special = host(
        "192.168.56.11", taints=["a=b:NoSchedule"], kubelet={"maxPods": 50} if release.minor >= 25 else {}
    )
    on = node(of=full, settings=special)
    texts = [init_configuration(on), kubelet_patch(special)]
    if release.certificate_key_in_configuration:
        texts.append(join_configuration(on, api="192.168.56.11:6443", secrets=SECRETS))
    texts.append(
        join_configuration(node(of=full, control_plane=False), api="192.168.56.11:6443", secrets=SECRETS)
    )
    for document in (document for text in texts for document in yaml.safe_load_all(text)):
        kind = document.get("kind", "KubeletConfiguration")
        written = {key: value for key, value in document.items() if key not in {"apiVersion", "kind"}}
        assert [finding.what for finding in found(written, of=kind, minor=release.minor)] == []


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    kind = draw(st.sampled_from(DOCUMENTS))
    names = st.sampled_from(sorted(types()[kind])) | st.text(max_size=5)
    return kind, draw(st.dictionaries(names, anything, max_size=4))


@given(documents(), st.integers(OLDEST.minor, NEWEST.minor))
@settings(deadline=None)
def test_any_values_end_in_findings_at_a_place_that_is_there(
    document: tuple[str, dict[str, Any]], minor: int
) -> None:
    kind, values = document
    for finding in found(values, of=kind, minor=minor):
        value: Any = values
        for key in finding.path:
            value = value[key]


def test_the_table_names_no_type_that_it_does_not_have() -> None:
    scalars = {"text", "bool", "whole", "number", "duration", "duration-or-whole", "quantity"}
    for name, fields in types().items():
        for field, rows in fields.items():
            for row in rows:
                assert row.kind.strip("[]{}") in scalars | set(types()), f"{name}.{field}"


INVENTORY = """\
cluster:
  name: test
  runtime: containerd
  kubelet: {maxpods: 150}
  cluster_configuration:
    apiServer:
      certSANs: [api.example.org]
control_planes:
  node1: {address: 192.168.56.11}
workers:
  defaults:
    kubelet: {podPidLimit: 100}
  node2: {address: 192.168.56.12}
  node3: {address: 192.168.56.13}
"""


def test_each_problem_stands_at_its_line_once(tmp_path: Path) -> None:
    file = tmp_path / "inventory.yaml"
    file.write_text(INVENTORY)
    with pytest.raises(InventoryError) as caught:
        load(file, Inventory)
    said = [(problem.position, problem.what, problem.advice) for problem in caught.value.problems]
    assert said == [
        ((4, 13), "kubelet 1.34 does not know `maxpods`", "did you mean `maxPods`?"),
        ((7, 7), "`certSANs` has a setting of its own", "use cluster.certificate_names"),
        ((12, 15), "kubelet 1.34 does not know `podPidLimit`", "did you mean `podPidsLimit`?"),
    ]


@pytest.mark.parametrize(
    ("setting", "override", "use"),
    [
        ("kubelet", {"containerLogMaxSize": "1Mi"}, "cluster.log_rotation.max_size"),
        ("kubelet", {"clusterDomain": "a.example"}, "cluster.cluster_configuration.networking.dnsDomain"),
        ("kube_proxy", {"clusterCIDR": "10.0.0.0/8"}, "cluster.pod_cidr"),
        ("cluster_configuration", {"networking": {"podSubnet": "10.0.0.0/8"}}, "cluster.pod_cidr"),
    ],
)
def test_what_has_a_setting_of_its_own_is_not_replaced_silently(
    setting: str, override: dict[str, Any], use: str
) -> None:
    checked = Inventory.model_validate(
        {
            "cluster": {"name": "test", "runtime": "containerd", setting: override},
            "control_planes": {"node1": {"address": "192.168.56.11"}},
        }
    )
    (finding,) = checked.findings()
    assert finding.advice == f"use {use}"
