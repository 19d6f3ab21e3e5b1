"""The lab's own kubeadm reads what we write for it, in each version of its API that it knows."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from kube.kubeadm.configuration import JoinSecrets, init_configuration, join_configuration
from kube.objects.manifest import verified
from kube.objects.published import flannel, metallb
from kube.settings.models import Manifest, MetalLB
from kube.versions.images import control_plane_images
from kube.versions.releases import Version
from lab.mirror import KUBERNETES_PATH, Mirror
from tests.unit.kube.clusters import cluster, host, mirrors, node, whole

SECRETS = JoinSecrets(
    token="abcdef.0123456789abcdef", ca_hash=f"sha256:{'ab' * 32}", certificate_key="ab" * 32
)
#: A version whose kubeadm we write v1beta3 for, and the newest we know.
OF_EACH_API = ["1.30.14", "1.36.1"]


@pytest.fixture(scope="session")
def kubeadm(mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program out of the mirror's package."""
    minor = Version.parse(mirror.kubernetes).line
    (package,) = (mirror.www / KUBERNETES_PATH.format(minor=minor)).rglob("kubeadm-*.rpm")
    root = tmp_path_factory.mktemp("kubeadm")
    subprocess.run(["rpmkeys", "--root", root, "--import", mirror.key], check=True)
    subprocess.run(["rpm", "--root", root, "--install", "--noscripts", "--nodeps", package], check=True)
    return root / "usr/bin/kubeadm"


def validate(kubeadm: Path, tmp_path: Path, text: str) -> None:
    file = tmp_path / "kubeadm.yaml"
    file.write_text(text)
    ran = subprocess.run(
        [kubeadm, "config", "validate", "--config", file], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout.strip()) == (0, "ok"), ran.stderr


def as_version(text: str, version: str) -> str:
    """The same configuration for another Kubernetes: a kubeadm deploys its own version and the one before."""
    documents: list[dict[str, Any]] = list(yaml.safe_load_all(text))
    for document in documents:
        if document["kind"] == "ClusterConfiguration":
            document["kubernetesVersion"] = f"v{version}"
    return yaml.safe_dump_all(documents)


@pytest.mark.parametrize("version", OF_EACH_API)
@pytest.mark.parametrize("runtime", ["docker", "containerd"])
def test_kubeadm_takes_a_plain_cluster(
    kubeadm: Path, mirror: Mirror, tmp_path: Path, version: str, runtime: str
) -> None:
    text = init_configuration(node(of=cluster(kubernetes=version, runtime=runtime)))
    validate(kubeadm, tmp_path, as_version(text, mirror.kubernetes))


def test_kubeadm_takes_every_setting(kubeadm: Path, mirror: Mirror, tmp_path: Path) -> None:
    settings = cluster(
        kubernetes=mirror.kubernetes,
        api_endpoint="api.example.org:8443",
        certificate_names=["api.example.org", "10.0.0.1"],
        kubelet={"cgroupDriver": "cgroupfs", "failCgroupV1": False},
        kube_proxy={"mode": "ipvs"},
        cluster_configuration={"apiServer": {"extraArgs": [{"name": "profiling", "value": "false"}]}},
    )
    special = host("192.168.56.11", taints=["dedicated=api:NoSchedule"], kubelet={"maxPods": 50})
    behind = mirrors(images={"registry.k8s.io": "10.77.0.1:5000"})
    validate(kubeadm, tmp_path, init_configuration(node(of=settings, behind=behind, settings=special)))


@pytest.mark.parametrize("version", OF_EACH_API)
@pytest.mark.parametrize("control_plane", [True, False])
def test_kubeadm_takes_a_join(kubeadm: Path, tmp_path: Path, version: str, control_plane: bool) -> None:
    joining = node("node2", control_plane=control_plane, of=cluster(kubernetes=version))
    validate(kubeadm, tmp_path, join_configuration(joining, api="192.168.56.11:6443", secrets=SECRETS))


def test_kubeadm_wants_the_images_that_the_table_says(kubeadm: Path, mirror: Mirror, tmp_path: Path) -> None:
    prefixes = {"registry.k8s.io": whole("10.77.0.1:5000/proxy")}
    file = tmp_path / "kubeadm.yaml"
    settings = node(of=cluster(kubernetes=mirror.kubernetes), behind=mirrors(images=prefixes))
    file.write_text(init_configuration(settings))
    ran = subprocess.run(
        [kubeadm, "config", "images", "list", "--config", file], capture_output=True, text=True, check=True
    )
    assert sorted(ran.stdout.split()) == sorted(
        control_plane_images(Version.parse(mirror.kubernetes), prefixes)
    )


POOL = MetalLB.model_validate({"addresses": ["10.77.0.200-10.77.0.220"]})


def published(mirror: Mirror, name: str) -> str:
    file = mirror.manifests[name]
    return verified((mirror.www / file.path).read_bytes(), Manifest(url=file.url, sha256=file.sha256))


def test_flannels_published_manifest_can_be_fitted(mirror: Mirror) -> None:
    result = flannel(published(mirror, "flannel"), cluster(), {"ghcr.io": whole("10.77.0.1:5000")})
    assert result.count == 6
    assert {image.partition("/")[0] for image in result.images} == {"10.77.0.1:5000"}


def test_metallbs_published_manifest_can_be_fitted(mirror: Mirror) -> None:
    result = metallb(published(mirror, "metallb"), cluster(), POOL, {"quay.io": whole("10.77.0.1:5000")}).rest
    assert [image.rpartition("/")[2].partition(":")[0] for image in result.images] == [
        "controller",
        "speaker",
    ]


def test_the_namespaces_of_the_published_manifests_admit_privileged_pods(mirror: Mirror) -> None:
    applied = (
        flannel(published(mirror, "flannel"), cluster(), {}),
        metallb(published(mirror, "metallb"), cluster(), POOL, {}).definitions,
    )
    namespaces = [
        one for part in applied for one in yaml.safe_load_all(part.text) if one["kind"] == "Namespace"
    ]
    labels = [one["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] for one in namespaces]
    assert labels == ["privileged", "privileged"]
