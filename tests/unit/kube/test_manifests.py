"""Manifests fitted to a cluster: flannel's and MetalLB's, as small likenesses of the published ones."""

import hashlib
import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kube.objects.go_yaml import write_documents
from kube.objects.manifest import (
    DIGEST_ANNOTATION,
    applied,
    images_of,
    read_objects,
    verified,
    with_images,
)
from kube.objects.published import flannel, metallb, metallb_pool
from kube.settings.models import Manifest, MetalLB
from nodewright.errors import ConfigurationError
from tests.golden import assert_golden
from tests.unit.kube.clusters import cluster

MIRRORS = {"ghcr.io": "10.77.0.1:5000", "quay.io": "10.77.0.1:5000/proxy"}

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
    _, result = metallb(METALLB, MIRRORS)
    deployment = by_kind(result.text)["Deployment"]
    assert result.images == ("10.77.0.1:5000/proxy/metallb/controller:v0.15.2",)
    assert deployment["metadata"]["annotations"] == {"kept": "yes", DIGEST_ANNOTATION: result.digest}


def test_what_a_pool_needs_can_be_applied_before_the_webhook_that_would_refuse_it() -> None:
    definition = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    text = METALLB + yaml.safe_dump({**definition, "metadata": {"name": "pools"}}, explicit_start=True)
    first, rest = metallb(text, MIRRORS)
    assert "CustomResourceDefinition" in by_kind(first.text)
    assert "CustomResourceDefinition" not in by_kind(rest.text)
    assert "Deployment" in by_kind(rest.text)


def test_the_pool_and_its_announcement() -> None:
    settings = MetalLB.model_validate({"addresses": ["10.77.0.200-10.77.0.220", "10.77.1.0/28"]})
    assert_golden("kube/metallb-pool.yaml", metallb_pool(settings).text)


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
    assert with_images(value, {"docker.io": "mirror"}) == value or list(images_of(value))


def test_equal_objects_have_equal_digests_and_others_have_not() -> None:
    one = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    other = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}}
    assert applied([one]) == applied([one])
    assert applied([one]).digest != applied([other]).digest
    assert "annotations" not in one["metadata"]
