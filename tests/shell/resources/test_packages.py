"""Packages at their versions, and their repositories."""

from __future__ import annotations

import pytest

from nodewright.resources import Package, packages, packages_absent, repository
from nodewright.resources.packages import Manager
from tests.shell.resources.host import Host

KUBELET = Package("kubelet", "1.34.2")


def _offer(host: Host, *names: str) -> None:
    """Puts NAME-VERSION-RELEASE on offer in the stand-in's repository."""
    for whole in names:
        name, version, release = whole.rsplit("-", 2)
        host.put(f"/state/available/{whole}", f"{name} {version}-{release}\n")


def _install(host: Host, name: str, version: str) -> None:
    host.put(f"/state/rpm/{name}", f"{version}\n")


def test_many_packages_are_one_transaction(host: Host) -> None:
    _offer(host, "socat-1.7-1.el9", "ethtool-6-2.el9", "kubelet-1.34.2-150500.1.1")

    host.converges(packages(["socat", "ethtool", KUBELET], manager="dnf"))

    assert host.log() == ["dnf -y --disableexcludes=all install kubelet-1.34.2-* socat ethtool"]


@pytest.mark.parametrize("manager", ["dnf", "dnf5", "yum"])
def test_the_hosts_own_package_manager_is_used(host: Host, manager: Manager) -> None:
    _offer(host, "socat-1.7-1.el9")

    host.converges(packages(["socat"], manager=manager))

    assert host.log()[0].startswith(f"{manager} ")


def test_packages_come_from_the_named_repositories_alone(host: Host) -> None:
    _offer(host, "kubelet-1.34.2-1")

    host.converges(packages([KUBELET], manager="dnf", repositories=["kubernetes", "base"]))

    assert "--disablerepo=* --enablerepo=kubernetes --enablerepo=base install" in host.log()[0]


@pytest.mark.parametrize(
    ("pin", "installed", "holds"),
    [
        ("1.34.2", "1.34.2-150500.1.1", True),
        ("1.34.2", "1.34.20-1", False),
        ("1.34.2", "1.34.1-1", False),
        ("1.34.2-150500", "1.34.2-150500.1.1", True),
        ("1.34.2-150500", "1.34.2-150500", True),
        ("1.34.2-150500", "1.34.2-1505001", False),
        ("1.34.2-150500.1.1", "1.34.2-150500.1.1", True),
        ("1.34.2-150500.1.1", "1.34.2-150500.1.10", False),
        ("", "1.0-1", True),
    ],
)
def test_a_pin_fits_its_version_and_no_other(host: Host, pin: str, installed: str, holds: bool) -> None:
    _install(host, "kubelet", installed)

    assert host.holds(packages([Package("kubelet", pin)], manager="dnf")) is holds


def test_a_pinned_package_is_upgraded_to_its_version_and_no_further(host: Host) -> None:
    _install(host, "kubelet", "1.34.1-1")
    _offer(host, "kubelet-1.34.2-1", "kubelet-1.34.2-3", "kubelet-1.34.20-1", "kubelet-1.35.0-1")

    host.converges(packages([KUBELET], manager="dnf"))

    assert host.read("/state/rpm/kubelet") == "1.34.2-3\n"


@pytest.mark.parametrize("installed", ["1.34.3-1", "1.34.10-1", "1.35.0-1", "2.0-1"])
def test_a_downgrade_is_refused_before_anything_is_changed(host: Host, installed: str) -> None:
    _install(host, "kubelet", installed)
    _offer(host, "kubelet-1.34.2-1", "socat-1.7-1.el9")

    host.refuses(
        packages(["socat", KUBELET], manager="dnf"),
        because=f"kubelet is to be 1.34.2 and is newer here; nodewright does not downgrade: {installed}",
    )

    assert host.log() == []


def test_one_that_is_not_on_offer_fails_and_leaves_all_as_it_was(host: Host) -> None:
    _offer(host, "socat-1.7-1.el9")

    host.refuses(packages(["socat", "nonesuch"], manager="dnf"), because="No match for argument: nonesuch")

    assert not host.at("/state/rpm/socat").exists()


def test_a_package_without_a_pin_is_not_moved_by_what_comes_beside_it(host: Host) -> None:
    _install(host, "docker-ce", "29.0.1-1")
    _offer(host, "docker-ce-29.1.0-1", "socat-1.7-1.el9", "kubelet-1.34.2-1")

    host.converges(packages(["docker-ce", "socat", KUBELET], manager="dnf"))

    assert host.read("/state/rpm/docker-ce") == "29.0.1-1\n"
    assert host.log() == ["dnf -y --disableexcludes=all install kubelet-1.34.2-* socat"]


def test_what_another_package_provides_counts(host: Host) -> None:
    host.put("/state/provides/iproute-tc", "")
    _install(host, "socat", "1-1")

    assert host.holds(packages(["socat", "iproute-tc"], manager="dnf"))


def test_one_of_many_that_is_missing_is_seen(host: Host) -> None:
    _install(host, "socat", "1-1")
    _install(host, "ethtool", "1-1")

    assert not host.holds(packages(["socat", "missing", "ethtool"], manager="dnf"))


def test_packages_that_must_not_be_there_go(host: Host) -> None:
    _install(host, "podman", "1-1")
    _install(host, "runc", "1-1")

    host.converges(packages_absent(["podman", "buildah", "runc"], manager="dnf"))

    assert host.holds(packages_absent(["podman"], manager="dnf"))


def test_a_plan_shows_what_is_installed(host: Host) -> None:
    _install(host, "kubelet", "1.34.1-1")

    shown = host.run(packages([KUBELET, "socat"], manager="dnf").show).output

    assert shown == "kubelet-1.34.1-1.x86_64\npackage socat is not installed\n"


def test_a_repository_checks_signatures_and_keeps_its_packages_from_moving(host: Host) -> None:
    host.converges(
        repository(
            "kubernetes",
            title="Kubernetes",
            base_urls=["https://mirror.example.org/a/", "https://mirror.example.org/b/"],
            keys=["https://mirror.example.org/key"],
            exclude=["kubelet", "kubeadm"],
        )
    )

    assert host.read("/etc/yum.repos.d/kubernetes.repo") == (
        "[kubernetes]\n"
        "name=Kubernetes\n"
        "baseurl=https://mirror.example.org/a/ https://mirror.example.org/b/\n"
        "enabled=1\n"
        "gpgcheck=1\n"
        "gpgkey=https://mirror.example.org/key\n"
        "exclude=kubelet kubeadm\n"
    )
