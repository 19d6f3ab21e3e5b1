"""Which release of cri-dockerd goes with which Docker, and where it lies."""

from __future__ import annotations

import pytest

from kube.versions.cri_dockerd import MACHINES, RELEASES, cri_dockerd


@pytest.mark.parametrize("docker", ["", "29.8.1-1.el9", "28.5.2", "20.10.24", "18.06.1"])
def test_the_newest_release_speaks_to_every_docker(docker: str) -> None:
    assert cri_dockerd(docker) == RELEASES[0]


def test_docker_29_refuses_what_speaks_an_older_api() -> None:
    assert cri_dockerd("29.0.0", "0.3.15") is None
    assert cri_dockerd("29.0.0", "0.3.16") is not None
    assert cri_dockerd("28.0.0", "0.3.15") is not None


def test_each_machine_has_an_archive_of_its_own() -> None:
    url, sha256 = RELEASES[0].archive("aarch64")
    assert url == (
        f"https://github.com/Mirantis/cri-dockerd/releases/download/v{RELEASES[0].version}/"
        f"cri-dockerd-{RELEASES[0].version}.arm64.tgz"
    )
    every = [row.archive(machine)[1] for row in RELEASES for machine in MACHINES]
    assert sha256 in every
    assert len(set(every)) == len(every)
    assert {len(one) for one in every} == {64}
