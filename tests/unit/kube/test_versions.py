"""The version table: complete, ordered, and right where we know the answer from elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kube.versions.patches import NEWEST_PATCHES, exists, newest_patch
from kube.versions.releases import (
    IMAGES,
    NEWEST,
    OLDEST,
    RELEASES,
    Version,
    cri_socket,
    docker_packages,
    images,
    known,
    kubernetes_cni_package,
    release,
)

versions = st.builds(
    Version, st.just(1), st.integers(OLDEST.minor, NEWEST.minor), st.integers(min_value=0, max_value=30)
)


def test_each_minor_has_its_newest_patch_release() -> None:
    assert list(NEWEST_PATCHES) == [row.minor for row in RELEASES]


def test_a_patch_release_that_an_ended_minor_never_had_does_not_exist() -> None:
    assert exists(Version(1, 30, 14))
    assert not exists(Version(1, 30, 15))


def test_a_maintained_minor_may_have_newer_patch_releases_than_are_known() -> None:
    newest = newest_patch(NEWEST.minor)
    assert exists(Version(1, newest.minor, newest.patch + 1))
    assert not exists(Version(1, newest.minor, newest.patch + 100))


@given(versions)
def test_a_version_reads_what_it_prints(version: Version) -> None:
    assert Version.parse(str(version)) == version
    assert Version.parse(version.tag) == version


@pytest.mark.parametrize("text", ["1.34", "1.34.2-rc.1", "", "v1", "1.34.2.1", "latest", "1.34.x"])
def test_what_is_no_release_is_no_version(text: str) -> None:
    with pytest.raises(ValueError, match="no version of the form"):
        Version.parse(text)


def test_versions_compare_by_number() -> None:
    assert Version.parse("1.9.10") > Version.parse("1.9.9")
    assert Version.parse("1.10.0") > Version.parse("1.9.9")


def test_every_minor_from_1_13_to_1_36_has_a_row() -> None:
    assert [row.minor for row in RELEASES] == list(range(13, 37))


@given(versions)
def test_every_known_version_has_images_of_its_own_minor(version: Version) -> None:
    row = images(version)
    assert row.since.minor == version.minor
    assert row.since <= version


def test_image_rows_ascend() -> None:
    assert list(IMAGES) == sorted(IMAGES, key=lambda row: row.since)


@pytest.mark.parametrize("text", ["1.12.10", "1.37.0", "2.0.0", "0.34.2"])
def test_versions_outside_of_the_table_are_unknown(text: str) -> None:
    version = Version.parse(text)
    assert not known(version)
    with pytest.raises(KeyError):
        release(version)
    with pytest.raises(KeyError):
        images(version)


@pytest.mark.parametrize(
    ("text", "pause", "etcd", "coredns"),
    [
        ("1.13.3", "3.1", "3.2.24", "1.2.6"),
        ("1.19.0", "3.2", "3.4.9-1", "1.7.0"),
        ("1.19.1", "3.2", "3.4.13-0", "1.7.0"),
        ("1.24.17", "3.7", "3.5.6-0", "v1.8.6"),
        ("1.31.14", "3.10", "3.5.24-0", "v1.11.3"),
        ("1.34.1", "3.10.1", "3.6.4-0", "v1.12.1"),
        ("1.34.2", "3.10.1", "3.6.5-0", "v1.12.1"),
        ("1.35.4", "3.10.1", "3.6.6-0", "v1.13.1"),
        ("1.36.1", "3.10.2", "3.6.8-0", "v1.14.2"),
    ],
)
def test_images_are_what_kubeadm_of_that_version_lists(
    text: str, pause: str, etcd: str, coredns: str
) -> None:
    row = images(Version.parse(text))
    assert (row.pause, row.etcd, row.coredns) == (pause, etcd, coredns)


@pytest.mark.parametrize(
    ("minor", "api"),
    [
        (13, "v1beta1"),
        (14, "v1beta1"),
        (15, "v1beta2"),
        (21, "v1beta2"),
        (22, "v1beta3"),
        (30, "v1beta3"),
        (31, "v1beta4"),
        (36, "v1beta4"),
    ],
)
def test_kubeadm_speaks_the_newest_api_of_its_minor(minor: int, api: str) -> None:
    assert release(Version(1, minor, 0)).kubeadm_api == api


@pytest.mark.parametrize(
    ("text", "runtime", "socket"),
    [
        ("1.13.3", "docker", "/var/run/dockershim.sock"),
        ("1.23.17", "docker", "/var/run/dockershim.sock"),
        ("1.24.0", "docker", "unix:///run/cri-dockerd.sock"),
        ("1.23.17", "containerd", "/run/containerd/containerd.sock"),
        ("1.34.2", "containerd", "unix:///run/containerd/containerd.sock"),
    ],
)
def test_the_socket_follows_runtime_and_version(text: str, runtime: str, socket: str) -> None:
    assert cri_socket(Version.parse(text), runtime) == socket


def test_the_labels_of_a_control_plane_changed_over_three_releases() -> None:
    def labels(minor: int) -> list[str]:
        return [label.rpartition("/")[2] for label in release(Version(1, minor, 0)).control_plane_labels]

    excluded = "exclude-from-external-load-balancers"
    assert labels(19) == ["master"]
    assert labels(20) == ["master", "control-plane"]
    assert labels(23) == ["master", "control-plane", excluded]
    assert labels(24) == ["control-plane", excluded]


def test_old_kubelets_need_the_package_of_their_cni_plugins_named() -> None:
    assert kubernetes_cni_package(Version.parse("1.13.3")) == "0.6.0"
    assert kubernetes_cni_package(Version.parse("1.13.5")) is None


@given(versions, versions)
def test_upgrades_go_up_by_at_most_one_minor(old: Version, new: Version) -> None:
    allowed = old.upgrade_problem(new) is None
    assert allowed == (new >= old and new.minor - old.minor <= 1)


@pytest.mark.parametrize(
    ("wanted", "packed", "whole"),
    [
        ("18.06.1", "18.06.1.ce", True),
        ("18.06.3.ce-3.el7", "18.06.3.ce-3.el7", True),
        ("17.03.2-1.el7", "17.03.2.ce-1.el7", True),
        ("18.09.9", "18.09.9", False),
        ("29.0.1-1.el9", "29.0.1-1.el9", False),
        ("", "", False),
    ],
)
def test_docker_was_one_package_up_to_18_06(wanted: str, packed: str, whole: bool) -> None:
    assert (docker_packages(wanted).version, docker_packages(wanted).whole) == (packed, whole)


@pytest.mark.parametrize(("text", "path"), [("1.15.12", "/healthz"), ("1.16.0", "/readyz")])
def test_the_api_server_says_that_it_is_ready_where_its_version_does(text: str, path: str) -> None:
    assert release(Version.parse(text)).readiness_path == path
