"""What hosts say of themselves: real answers read, and no answer ever an error."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kube.facts.cluster import LIVE, LiveCluster, LiveNode, parse_live
from kube.facts.host import (
    FRAGMENTS,
    Resolver,
    SeLinux,
    Swap,
    Unit,
    parse_cgroup,
    parse_packages,
    parse_resolver,
    parse_selinux,
    parse_swap,
    parse_units,
)
from kube.facts.membership import Membership, Standing, membership_file, parse_membership
from kube.versions.releases import Version

PARSERS: list[Callable[[str], Any]] = [fragment.parse for fragment in (*FRAGMENTS, LIVE)]


@pytest.mark.parametrize("parse", PARSERS)
@given(text=st.text())
def test_any_answer_can_be_read(parse: Callable[[str], Any], text: str) -> None:
    assert parse(text) is not None


@pytest.mark.parametrize("parse", PARSERS)
def test_equal_answers_are_equal_facts(parse: Callable[[str], Any]) -> None:
    assert parse("") == parse("")


def test_fragments_have_names_of_their_own() -> None:
    names = [fragment.name for fragment in (*FRAGMENTS, LIVE)]
    assert len(set(names)) == len(names)


def test_units_that_bring_swap_back() -> None:
    text = "unit dev-zram0.swap\nunit dev-sda2.swap\n"
    assert parse_swap(text) == Swap(("dev-zram0.swap", "dev-sda2.swap"))
    assert parse_swap("") == Swap()


def test_selinux_is_off_where_there_is_none() -> None:
    assert parse_selinux("Enforcing\n") == SeLinux("enforcing")
    assert parse_selinux("") == SeLinux("disabled")


def test_units_that_are_not_there_are_left_out() -> None:
    text = (
        "Id=docker.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\n\n"
        "Id=crio.service\nLoadState=not-found\nActiveState=inactive\nUnitFileState=\n\n"
        "Id=firewalld.service\nLoadState=masked\nActiveState=inactive\nUnitFileState=masked\n"
    )
    assert parse_units(text) == {
        "docker.service": Unit("active", "enabled"),
        "firewalld.service": Unit("inactive", "masked"),
    }


def test_packages_that_are_not_installed_are_left_out() -> None:
    text = "kubelet 1.34.2-150500.1.1\npackage podman is not installed\n"
    assert parse_packages(text) == {"kubelet": "1.34.2-150500.1.1"}


def test_pods_do_not_ask_the_stub_of_systemd_resolved() -> None:
    text = "nameserver 127.0.0.53\nupstream 192.168.56.1\n"
    assert parse_resolver(text) == Resolver(("127.0.0.53",), ("192.168.56.1",))
    assert parse_resolver(text).for_pods == ("192.168.56.1",)
    assert parse_resolver("nameserver 10.0.0.1\n").for_pods == ("10.0.0.1",)


@pytest.mark.parametrize(("answer", "version"), [("cgroup2fs\n", 2), ("tmpfs\n", 1), ("", 0), ("ext4", 0)])
def test_the_version_of_cgroups(answer: str, version: int) -> None:
    assert parse_cgroup(answer) == version


def membership(text: str) -> Membership:
    return parse_membership(text)


def _file(cluster: str, ca_hash: str = "") -> str:
    return membership_file(cluster, "run-1", ca_hash, node="node1", role="worker")


def test_a_host_without_traces_is_bare() -> None:
    assert membership("").standing("lab") is Standing.BARE


def test_a_host_is_a_member_once_its_file_is_complete() -> None:
    begun = _file("lab")
    complete = _file("lab", "sha256:ab") + "found /etc/kubernetes/kubelet.conf\n"
    assert membership(begun).standing("lab") is Standing.BEGUN
    assert membership(complete).standing("lab") is Standing.MEMBER
    assert membership(complete) == Membership(
        "lab", "sha256:ab", ("/etc/kubernetes/kubelet.conf",), "node1", "worker"
    )


def test_a_member_that_somebody_reset_is_begun_again() -> None:
    assert membership(_file("lab", "sha256:ab")).standing("lab") is Standing.BEGUN


def test_a_host_of_another_cluster_is_foreign() -> None:
    assert membership(_file("other")).standing("lab") is Standing.FOREIGN
    assert membership("found /etc/kubernetes/admin.conf\n").standing("lab") is Standing.FOREIGN


LIVE_ANSWER = """\
node1   v1.34.2   docker://29.1.0      True    10.77.0.11
node2   v1.33.0   containerd://2.2.0   False   10.77.0.12
--- configuration
apiVersion: kubeadm.k8s.io/v1beta4
controlPlaneEndpoint: api.example.org:6443
kubernetesVersion: v1.34.2
networking:
  podSubnet: 10.244.0.0/16
  serviceSubnet: 10.96.0.0/12
"""


def test_a_running_cluster() -> None:
    live = parse_live(LIVE_ANSWER)
    assert live.answers
    assert live.version == Version(1, 34, 2)
    assert live.networking("podSubnet") == "10.244.0.0/16"
    assert live.nodes == (
        LiveNode("node1", Version(1, 34, 2), "docker", "10.77.0.11", ready=True),
        LiveNode("node2", Version(1, 33, 0), "containerd", "10.77.0.12", ready=False),
    )


def test_a_cluster_that_does_not_answer() -> None:
    live = parse_live("--- configuration\n")
    assert live == LiveCluster()
    assert not live.answers
    assert live.version is None
    assert live.networking("podSubnet") == ""
