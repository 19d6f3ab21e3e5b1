"""Manifests fitted to a cluster: flannel's and MetalLB's, as small likenesses of the published ones."""

import hashlib
import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kube.objects.addons import sources
from kube.objects.go_yaml import write_documents
from kube.objects.manifest import (
    DIGEST_ANNOTATION,
    applied,
    images_of,
    read_objects,
    verified,
    with_images,
)
from kube.objects.published import Balancer, flannel, metallb
from kube.settings.models import Manifest, MetalLB, Mirrors
from kube.versions.releases import NEWEST
from nodewright.errors import ConfigurationError
from tests.golden import assert_golden
from tests.unit.kube.clusters import cluster, whole

MIRRORS = {"ghcr.io": whole("10.77.0.1:5000"), "quay.io": whole("10.77.0.1:5000/proxy")}

FLANNEL = """\
---
kind: ConfigMap
apiVersion: v1
metadata:
  name: kube-flannel-cfg
  namespace: kube-flannel
data:
  net-conf.json: |
    {
      "Network": "10.244.0.0/16",
      "EnableNFTables": false,
      "Backend": {"Type": "vxlan"}
    }
---
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: kube-flannel-ds
  namespace: kube-flannel
spec:
  template:
    metadata:
      labels: {app: flannel}
    spec:
      initContainers:
      - name: install-cni
        image: ghcr.io/flannel-io/flannel:v0.26.7
      containers:
      - name: kube-flannel
        image: ghcr.io/flannel-io/flannel:v0.26.7
        args: [--ip-masq, --kube-subnet-mgr]
        env: []
---
"""

METALLB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: controller, namespace: metallb-system, annotations: {kept: "yes"}}
spec:
  template:
    spec:
      containers: [{name: controller, image: "quay.io/metallb/controller:v0.15.2"}]
"""


DEFINITION = """\
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: pools}
"""


def balancer(text: str, **settings: Any) -> Balancer:
    pool = MetalLB.model_validate({"addresses": ["10.77.0.200-10.77.0.220", "10.77.1.0/28"]})
    return metallb(text, cluster(**settings), pool, MIRRORS)


def by_kind(text: str) -> dict[str, Any]:
    return {one["kind"]: one for one in yaml.safe_load_all(text)}


def flannel_container(**settings: Any) -> dict[str, Any]:
    result = flannel(FLANNEL, cluster(**settings), {})
    container: dict[str, Any] = by_kind(result.text)["DaemonSet"]["spec"]["template"]["spec"]["containers"][0]
    return container


def test_flannel_as_it_is_applied() -> None:
    result = flannel(FLANNEL, cluster(pod_cidr="10.200.0.0/16", flannel={"backend": "host-gw"}), MIRRORS)
    assert_golden("kube/flannel.yaml", result.text)
    assert result.count == 2
    assert result.images == ("10.77.0.1:5000/flannel-io/flannel:v0.26.7",)


def test_flannel_carries_the_pods_of_this_cluster() -> None:
    text = flannel(FLANNEL, cluster(pod_cidr="10.200.0.0/16"), {}).text
    network = json.loads(by_kind(text)["ConfigMap"]["data"]["net-conf.json"])
    assert network == {"Network": "10.200.0.0/16", "EnableNFTables": False, "Backend": {"Type": "vxlan"}}


def test_flannel_takes_the_interface_of_the_nodes_own_address() -> None:
    container = flannel_container()
    assert container["args"][-1] == "--iface=$(HOST_IP)"
    assert container["env"][-1]["valueFrom"]["fieldRef"]["fieldPath"] == "status.hostIP"


def test_flannel_takes_the_interface_that_is_named() -> None:
    container = flannel_container(flannel={"interface": "eth1"})
    assert container["args"][-1] == "--iface=eth1"
    assert container["env"] == []


def test_flannels_pods_notice_another_network() -> None:
    def template(pod_cidr: str) -> object:
        daemon_set = by_kind(flannel(FLANNEL, cluster(pod_cidr=pod_cidr), {}).text)["DaemonSet"]
        return daemon_set["spec"]["template"]["metadata"]["annotations"]

    assert template("10.200.0.0/16") != template("10.201.0.0/16")


def test_another_manifest_is_not_taken_for_flannels() -> None:
    with pytest.raises(ConfigurationError, match="no ConfigMap named kube-flannel-cfg"):
        flannel(METALLB, cluster(), {})


def test_metallb_comes_from_the_mirror_and_keeps_its_annotations() -> None:
    result = balancer(METALLB).rest
    deployment = by_kind(result.text)["Deployment"]
    assert result.images == ("10.77.0.1:5000/proxy/metallb/controller:v0.15.2",)
    assert deployment["metadata"]["annotations"] == {"kept": "yes", DIGEST_ANNOTATION: result.digest}


def test_what_a_pool_needs_can_be_applied_before_the_webhook_that_would_refuse_it() -> None:
    result = balancer(METALLB + DEFINITION)
    assert "CustomResourceDefinition" in by_kind(result.definitions.text)
    assert "CustomResourceDefinition" not in by_kind(result.rest.text)
    assert "Deployment" in by_kind(result.rest.text)


def test_the_pool_and_its_announcement() -> None:
    assert_golden("kube/metallb-pool.yaml", balancer(METALLB + DEFINITION).pool.text)


def test_the_pool_of_a_metallb_without_definitions_is_a_config_map_in_a_namespace_of_ours() -> None:
    """Up to 0.12, as Kubernetes below 1.16 needs it."""
    old = balancer(METALLB, kubernetes="1.13.3")
    pool = by_kind(old.pool.text)["ConfigMap"]
    assert pool["metadata"]["namespace"] == by_kind(old.definitions.text)["Namespace"]["metadata"]["name"]
    assert_golden("kube/metallb-pool-of-0.12.yaml", old.pool.text)


SELECTED = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: speaker, namespace: metallb-system}
spec:
  template:
    spec:
      nodeSelector: {kubernetes.io/os: linux}
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms:
            - matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}]
      containers: []
"""


@pytest.mark.parametrize(
    ("version", "label"), [("1.13.12", "beta.kubernetes.io/os"), ("1.14.0", "kubernetes.io/os")]
)
def test_pods_look_for_nodes_by_the_label_that_nodes_of_the_version_have(version: str, label: str) -> None:
    spec = by_kind(balancer(SELECTED, kubernetes=version).rest.text)["DaemonSet"]["spec"]["template"]["spec"]
    affinity = spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert spec["nodeSelector"] == {label: "linux"}
    assert affinity["nodeSelectorTerms"][0]["matchExpressions"][0]["key"] == label


@pytest.mark.parametrize(
    ("api", "kind", "version", "why"),
    [
        ("policy/v1beta1", "PodSecurityPolicy", "1.25.0", "is served up to Kubernetes 1.24"),
        (
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            "1.15.12",
            "is served from Kubernetes 1.16 on",
        ),
        ("extensions/v1beta1", "DaemonSet", "1.16.0", "is served up to Kubernetes 1.15"),
    ],
)
def test_a_manifest_that_the_version_does_not_serve_is_refused_with_the_reason(
    api: str, kind: str, version: str, why: str
) -> None:
    one = yaml.safe_dump({"apiVersion": api, "kind": kind, "metadata": {"name": "a"}}, explicit_start=True)
    with pytest.raises(ConfigurationError, match=f"{kind} of {api} {why}"):
        balancer(METALLB + one, kubernetes=version)


def test_flannel_in_a_namespace_where_its_priority_is_not_admitted_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="is in kube-flannel, and its pods belong into kube-system"):
        flannel(FLANNEL, cluster(kubernetes="1.16.15"), {})
    assert flannel(
        FLANNEL.replace("namespace: kube-flannel", "namespace: kube-system"),
        cluster(kubernetes="1.16.15"),
        {},
    )


def test_each_minor_takes_the_manifests_that_fit_it_unless_the_inventory_names_others() -> None:
    def versions(minor: int) -> list[str]:
        both = sources(cluster(kubernetes=f"1.{minor}.0"), Mirrors())
        return [manifest.url.split("/")[5] for manifest in both]

    assert versions(13) == versions(16) == ["v0.18.1", "v0.12.1"]
    assert versions(17) == versions(18) == ["v0.26.7", "v0.12.1"]
    assert versions(19) == versions(20) == ["v0.26.7", "v0.13.12"]
    assert versions(21) == versions(22) == ["v0.26.7", "v0.14.3"]
    assert versions(23) == versions(NEWEST.minor) == ["v0.26.7", "v0.15.2"]
    own = {"url": "https://example.org/flannel.yml", "sha256": "0" * 64}
    named = Mirrors.model_validate({"manifests": {"flannel": own}})
    assert sources(cluster(kubernetes="1.13.3"), named)[0] == Manifest.model_validate(own)


def test_a_manifest_with_another_checksum_is_refused_with_both() -> None:
    content = FLANNEL.encode()
    right = Manifest(url="https://example.org/a.yml", sha256=hashlib.sha256(content).hexdigest())
    assert verified(content, right) == FLANNEL
    with pytest.raises(ConfigurationError, match=right.sha256):
        verified(content + b"\n", right)


@pytest.mark.parametrize("text", ["{", "just text", "a: b", "- kind: Pod"])
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="the manifest"):
        read_objects(text, "the manifest")


def test_text_that_looks_like_something_else_stays_text() -> None:
    data = {
        "a": "y",
        "b": "no",
        "c": "2020-01-01",
        "d": "1e3",
        "e": "null",
        "f": "0o7",
        "n": "on",
        "g": "a\nb",
    }
    text = write_documents([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}, "data": data}])
    assert read_objects(text, "ours")[0]["data"] == data
    assert "a: 'y'" in text


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), values))
def test_objects_come_back_as_they_were_written(data: dict[str, Any]) -> None:
    one = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data}
    assert read_objects(write_documents([one]), "ours") == [one]


@given(values)
def test_only_images_of_containers_are_renamed(value: Any) -> None:
    assert with_images(value, {"docker.io": whole("mirror")}) == value or list(images_of(value))


def test_equal_objects_have_equal_digests_and_others_have_not() -> None:
    one = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    other = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}}
    assert applied([one]) == applied([one])
    assert applied([one]).digest != applied([other]).digest
    assert "annotations" not in one["metadata"]
