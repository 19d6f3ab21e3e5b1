"""Image names: in full, behind a mirror, and as lists for a version."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kube.settings.registries import ImageMirror
from kube.versions.images import (
    control_plane_images,
    coredns_prefix,
    kubernetes_prefix,
    mirrored,
    node_images,
    normalised,
    pause_image,
)
from kube.versions.releases import Version
from tests.unit.kube.clusters import whole

LAB = dict.fromkeys(("registry.k8s.io", "docker.io", "ghcr.io", "quay.io"), whole("10.77.0.1:5000"))
ALIYUN = {"registry.k8s.io": ImageMirror(prefix="registry.aliyuncs.com/google_containers", flat=True)}


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("nginx", "docker.io/library/nginx"),
        ("nginx:1.27", "docker.io/library/nginx:1.27"),
        ("library/nginx", "docker.io/library/nginx"),
        ("flannel/flannel:v1", "docker.io/flannel/flannel:v1"),
        ("docker.io/nginx", "docker.io/library/nginx"),
        ("index.docker.io/nginx", "docker.io/library/nginx"),
        ("quay.io/metallb/speaker:v0.15.2", "quay.io/metallb/speaker:v0.15.2"),
        ("localhost/a", "localhost/a"),
        ("registry:5000/a:b", "registry:5000/a:b"),
        ("ghcr.io/a/b@sha256:00", "ghcr.io/a/b@sha256:00"),
    ],
)
def test_a_short_name_is_read_as_docker_reads_it(short: str, full: str) -> None:
    assert normalised(short) == full


@given(st.from_regex(r"[a-z0-9]{1,8}(/[a-z0-9]{1,8}){0,3}(:[a-z0-9.]{1,8})?", fullmatch=True))
def test_a_full_name_is_its_own_full_name(name: str) -> None:
    assert normalised(normalised(name)) == normalised(name)


@given(st.from_regex(r"[a-z]{1,8}\.io/[a-z0-9]{1,8}(/[a-z0-9]{1,8}){0,3}:[a-z0-9.]{1,8}", fullmatch=True))
def test_the_path_after_the_registry_stays_whole(name: str) -> None:
    registry, _, path = normalised(name).partition("/")
    assert mirrored(name, {registry: whole("mirror:5000/proxy")}) == f"mirror:5000/proxy/{path}"
    assert mirrored(name, {}) == normalised(name)


def test_coredns_lies_one_level_deeper_from_1_21_on() -> None:
    assert coredns_prefix(Version.parse("1.20.15"), {}) == "registry.k8s.io"
    assert coredns_prefix(Version.parse("1.21.0"), {}) == "registry.k8s.io/coredns"
    assert coredns_prefix(Version.parse("1.34.2"), LAB) == "10.77.0.1:5000/coredns"


def test_the_sandbox_image_comes_from_the_mirror_too() -> None:
    assert pause_image(Version.parse("1.34.2"), LAB) == "10.77.0.1:5000/pause:3.10.1"


def test_a_control_plane_pulls_what_kubeadm_lists() -> None:
    assert sorted(control_plane_images(Version.parse("1.34.2"), {})) == [
        "registry.k8s.io/coredns/coredns:v1.12.1",
        "registry.k8s.io/etcd:3.6.5-0",
        "registry.k8s.io/kube-apiserver:v1.34.2",
        "registry.k8s.io/kube-controller-manager:v1.34.2",
        "registry.k8s.io/kube-proxy:v1.34.2",
        "registry.k8s.io/kube-scheduler:v1.34.2",
        "registry.k8s.io/pause:3.10.1",
    ]


def test_a_node_pulls_a_part_of_what_a_control_plane_does() -> None:
    version = Version.parse("1.13.3")
    assert set(node_images(version, LAB)) < set(control_plane_images(version, LAB))
    assert "10.77.0.1:5000/coredns:1.2.6" in control_plane_images(version, LAB)


def test_in_a_flat_mirror_the_last_name_of_the_path_stays_alone() -> None:
    assert mirrored("registry.k8s.io/coredns/coredns:v1.12.1", ALIYUN) == (
        "registry.aliyuncs.com/google_containers/coredns:v1.12.1"
    )
    assert (
        mirrored("registry.k8s.io/pause:3.10.1", ALIYUN)
        == "registry.aliyuncs.com/google_containers/pause:3.10.1"
    )


def test_in_a_flat_mirror_coredns_lies_beside_the_others() -> None:
    version = Version.parse("1.34.2")
    assert coredns_prefix(version, ALIYUN) == kubernetes_prefix(ALIYUN)
    assert "registry.aliyuncs.com/google_containers/coredns:v1.12.1" in control_plane_images(version, ALIYUN)
