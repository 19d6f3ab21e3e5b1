"""Where packages come from, which they are, and the proxy that stands before them."""

from __future__ import annotations

import hashlib
import io
import tarfile
from typing import Any

import pytest

from kube.facts.earlier import EARLIER, Earlier, OtherRepository
from kube.paths import CRI_DOCKERD as PROGRAM
from kube.settings.inventory import Inventory
from kube.versions.cri_dockerd import MEMBER
from kube.versions.releases import NEWEST
from nodewright.facts import (
    KERNEL,
    OPERATING_SYSTEM,
    PACKAGE_MANAGER,
    Kernel,
    OperatingSystem,
    PackageManager,
)
from nodewright.script.compile import Mode
from nodewright.script.records import Outcome
from roles.software.packages import CRI_DOCKERD_FILE, software
from roles.software.repositories import repositories
from tests.shell.resources.host import Host
from tests.shell.roles.applied import converges, run
from tests.unit.roles.villages import DNF, YUM, Answers, context, inventory

OWN = {
    "kubernetes": {"url": "https://mirror.example.org/k8s-{minor}/", "key": "https://mirror.example.org/key"},
    "docker": {"url": "https://mirror.example.org/docker/", "key": "https://mirror.example.org/key"},
    "cri_dockerd": {"url": "https://mirror.example.org/docker/", "key": "https://mirror.example.org/key"},
}
PROXY = {"http": "http://proxy:3128", "no_proxy": ["mirror.example.org"]}
TOOLS = (
    *("chrony", "conntrack-tools", "container-selinux", "curl", "ebtables", "ethtool", "ipset"),
    *("iproute-tc", "iptables", "socat"),
)
CENTOS_BASE = """\
[base]
name=CentOS-$releasever - Base
mirrorlist=http://mirrorlist.centos.org/?release=$releasever&arch=$basearch&repo=os&infra=$infra
#baseurl=http://mirror.centos.org/centos/$releasever/os/$basearch/
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-CentOS-7
"""


def of(**cluster: Any) -> Inventory:
    """An inventory with repositories of its own."""
    return inventory(cluster, mirrors={"packages": OWN})


def on_offer(host: Host, *wholes: str) -> None:
    """Puts NAME-VERSION-RELEASE on offer, and all tools."""
    for whole in (*wholes, *(f"{tool}-1-1" for tool in TOOLS)):
        name, version, release = whole.rsplit("-", 2)
        host.put(f"/state/available/{whole}", f"{name} {version}-{release}\n")


# repositories


def test_each_repository_has_its_key_and_keeps_its_packages_from_moving(host: Host) -> None:
    converges(host, repositories, context(of()))

    assert host.read("/etc/yum.repos.d/nodewright-kubernetes.repo") == (
        "[nodewright-kubernetes]\n"
        "name=kubernetes (nodewright)\n"
        "baseurl=https://mirror.example.org/k8s-1.34/\n"
        "enabled=1\n"
        "gpgcheck=1\n"
        "gpgkey=https://mirror.example.org/key\n"
        "exclude=cri-tools kubeadm kubectl kubelet kubernetes-cni\n"
    )
    docker = host.read("/etc/yum.repos.d/nodewright-docker.repo")
    assert "exclude=containerd.io cri-dockerd docker-ce docker-ce-cli\n" in docker


def test_a_repository_of_an_earlier_installation_keeps_the_same_packages_from_moving(host: Host) -> None:
    file = "/etc/yum.repos.d/k8s.repo"
    url = "https://pkgs.k8s.io/core:/stable:/v1.33/rpm/"
    host.put(file, f"[k8s]\nbaseurl={url}\nexclude=kubelet,kubeadm\ngpgcheck=1\n")
    earlier = Earlier(repositories=(OtherRepository(file, "k8s", urls=url, excluded="kubelet,kubeadm"),))

    converges(host, repositories, context(of(), answers={**DNF, EARLIER: earlier}))

    assert host.read(file) == (
        f"[k8s]\nbaseurl={url}\nexclude=kubelet kubeadm cri-tools kubectl kubernetes-cni\ngpgcheck=1\n"
    )


@pytest.mark.parametrize(
    "left_alone",
    [
        OtherRepository("/etc/yum.repos.d/x.repo", "off", enabled=False, urls="https://pkgs.k8s.io/"),
        OtherRepository(
            "/etc/yum.repos.d/x.repo", "k8s", urls="https://pkgs.k8s.io/", excluded="kube* cri-tools"
        ),
        OtherRepository("/etc/yum.repos.d/x.repo", "other", urls="https://example.org/"),
    ],
    ids=["off", "excluded", "other"],
)
def test_a_repository_that_moves_nothing_of_ours_is_left_alone(
    host: Host, left_alone: OtherRepository
) -> None:
    answers = {**DNF, EARLIER: Earlier(repositories=(left_alone,))}
    assert not [step for step in repositories(context(of(), answers=answers)) if "x.repo" in step.name]


def test_another_minor_of_kubernetes_comes_from_another_repository(host: Host) -> None:
    converges(host, repositories, context(of()))

    changed = converges(host, repositories, context(of(kubernetes="1.35.0")))

    assert changed == ["repository nodewright-kubernetes"]
    assert "/k8s-1.35/" in host.read("/etc/yum.repos.d/nodewright-kubernetes.repo")


@pytest.mark.parametrize(
    ("answers", "path"), [(DNF, "/etc/dnf/dnf.conf"), (YUM, "/etc/yum.conf")], ids=["dnf", "yum"]
)
def test_the_package_manager_goes_through_the_proxy_and_back_when_there_is_none(
    host: Host, answers: Answers, path: str
) -> None:
    host.put(path, "[main]\ngpgcheck=1\n")
    converges(host, repositories, context(of(proxy=PROXY), answers=answers))
    assert host.read(path) == "[main]\ngpgcheck=1\nproxy=http://proxy:3128\n"

    converges(host, repositories, context(of(), answers=answers))

    assert host.read(path) == "[main]\ngpgcheck=1\n"


def test_a_proxy_that_an_administrator_set_stays(host: Host) -> None:
    host.put("/etc/dnf/dnf.conf", "[main]\nproxy=http://theirs:3128\n")

    converges(host, repositories, context(of()))

    assert host.read("/etc/dnf/dnf.conf") == "[main]\nproxy=http://theirs:3128\n"


def test_centos_7_looks_into_the_vault_since_its_mirrors_ended(host: Host) -> None:
    host.put("/etc/yum.repos.d/CentOS-Base.repo", CENTOS_BASE)
    host.put("/etc/yum.repos.d/epel.repo", "[epel]\nbaseurl=https://epel.example.org/\n")

    converges(host, repositories, context(of(kubernetes="1.13.3"), answers=YUM))

    text = host.read("/etc/yum.repos.d/CentOS-Base.repo")
    assert "\n#mirrorlist=http://mirrorlist.centos.org/" in text
    assert "\nbaseurl=http://vault.centos.org/centos/$releasever/os/$basearch/\n" in text
    assert host.read("/etc/yum.repos.d/epel.repo") == "[epel]\nbaseurl=https://epel.example.org/\n"


@pytest.mark.parametrize(
    "asked",
    [
        "mirrorlist=http://mirrorlist.centos.org?arch=$basearch&release=7&repo=sclo-sclo\n# baseurl=",
        "mirrorlist = https://mirrorlist.centos.org/?release=7\n#baseurl = ",
        "baseurl=",
    ],
    ids=["without-a-slash", "with-blanks", "no-list"],
)
def test_files_that_ask_centos_in_another_way_look_into_the_vault_too(host: Host, asked: str) -> None:
    path = "/etc/yum.repos.d/CentOS-SCLo-scl.repo"
    host.put(path, f"[centos-sclo-sclo]\n{asked}http://mirror.centos.org/centos/7/sclo/$basearch/sclo/\n")

    converges(host, repositories, context(of(kubernetes="1.13.3"), answers=YUM))

    lines = host.read(path).splitlines()
    assert lines[-1] == "baseurl=http://vault.centos.org/centos/7/sclo/$basearch/sclo/"
    assert [line for line in lines if line.lstrip().startswith("mirrorlist")] == []


@pytest.mark.parametrize(
    ("system", "cluster", "folder"),
    [
        (OperatingSystem(id="rocky", like=("rhel",), version="9.6"), {}, "rhel/9"),
        (OperatingSystem(id="almalinux", like=("rhel",), version="8.10"), {}, "rhel/8"),
        (OperatingSystem(id="centos", like=("rhel",), version="7"), {}, "centos/7"),
        (OperatingSystem(id="fedora", version="43"), {}, "fedora/43"),
        (
            OperatingSystem(id="rocky", like=("rhel",), version="8.10"),
            {"package_versions": {"docker": "20.10.24"}},
            "centos/8",
        ),
    ],
    ids=["el9", "el8", "el7", "fedora", "an-old-docker-on-el8"],
)
def test_dockers_repository_is_that_of_the_hosts_system_whatever_its_releasever(
    host: Host, system: OperatingSystem, cluster: dict[str, Any], folder: str
) -> None:
    converges(host, repositories, context(inventory(cluster), answers={**DNF, OPERATING_SYSTEM: system}))

    assert f"baseurl=https://download.docker.com/linux/{folder}/$basearch/stable/\n" in host.read(
        "/etc/yum.repos.d/nodewright-docker.repo"
    )


def test_a_repository_may_have_two_keys(host: Host) -> None:
    keys = ["https://mirror.example.org/yum-key.gpg", "https://mirror.example.org/rpm-package-key.gpg"]
    kubernetes = {"url": "https://mirror.example.org/kubernetes/", "key": keys}

    converges(host, repositories, context(inventory(mirrors={"packages": {"kubernetes": kubernetes}})))

    assert f"\ngpgkey={' '.join(keys)}\n" in host.read("/etc/yum.repos.d/nodewright-kubernetes.repo")


def test_the_key_of_an_old_minor_is_that_of_the_newest_which_has_not_expired(host: Host) -> None:
    converges(host, repositories, context(inventory({"kubernetes": "1.27.16", "runtime": "containerd"})))

    text = host.read("/etc/yum.repos.d/nodewright-kubernetes.repo")
    assert "baseurl=https://pkgs.k8s.io/core:/stable:/v1.27/rpm/\n" in text
    assert f"gpgkey=https://pkgs.k8s.io/core:/stable:/v{NEWEST.line}/rpm/repodata/repomd.xml.key\n" in text


def test_centos_with_mirrors_of_an_administrators_choice_keeps_them(host: Host) -> None:
    text = CENTOS_BASE.replace("mirrorlist=", "#mirrorlist=").replace(
        "#baseurl=http://mirror.centos.org", "baseurl=http://theirs"
    )
    host.put("/etc/yum.repos.d/CentOS-Base.repo", text)

    assert "CentOS looks into its vault" not in converges(host, repositories, context(of(), answers=YUM))

    assert host.read("/etc/yum.repos.d/CentOS-Base.repo") == text


# software


def test_dnf_5_is_told_in_its_own_words_to_move_what_is_excluded(host: Host) -> None:
    on_offer(host, "kubeadm-1.34.2-1", "kubelet-1.34.2-1", "kubectl-1.34.2-1")
    on_offer(host, "docker-ce-29.0.1-1", "docker-ce-cli-29.0.1-1", "cri-dockerd-0.4.0-1")
    dnf5 = {**DNF, PACKAGE_MANAGER: PackageManager("dnf", "/usr/bin/dnf5")}

    converges(host, software, context(of(), answers=dnf5))

    assert [line.split()[:4] for line in host.log()] == [
        ["dnf5", "-y", "--setopt=disable_excludes=*", "install"]
    ]


def test_all_packages_come_by_one_transaction_at_their_versions(host: Host) -> None:
    on_offer(host, "kubeadm-1.34.2-1", "kubelet-1.34.2-1", "kubectl-1.34.2-1", "kubelet-1.35.0-1")
    on_offer(host, "docker-ce-29.0.1-1", "docker-ce-cli-29.0.1-1", "cri-dockerd-0.4.0-1")

    converges(host, software, context(of()))

    assert [line.split()[0] for line in host.log()] == ["dnf"]
    assert [tool for tool in TOOLS if not host.at(f"/state/rpm/{tool}").exists()] == []
    assert host.read("/state/rpm/kubelet") == "1.34.2-1\n"


def test_kubernetes_1_13_takes_docker_as_one_package_and_the_cni_plugins_of_its_time(host: Host) -> None:
    on_offer(host, "kubeadm-1.13.3-0", "kubelet-1.13.3-0", "kubectl-1.13.3-0")
    on_offer(host, "docker-ce-18.06.1.ce-3.el7", "docker-ce-18.06.3.ce-3.el7")
    on_offer(host, "kubernetes-cni-0.6.0-0", "kubernetes-cni-0.8.7-0")

    converges(host, software, context(of(kubernetes="1.13.3"), answers=YUM))

    assert host.read("/state/rpm/docker-ce") == "18.06.1.ce-3.el7\n"
    assert host.read("/state/rpm/kubernetes-cni") == "0.6.0-0\n"
    assert not host.at("/state/rpm/docker-ce-cli").exists()
    assert not host.at("/state/rpm/iproute-tc").exists(), "tc is in iproute on EL 7"
    assert host.log()[0].startswith("yum ")


def test_containerd_needs_no_docker(host: Host) -> None:
    on_offer(host, "kubeadm-1.34.2-1", "kubelet-1.34.2-1", "kubectl-1.34.2-1", "containerd.io-2.2.0-1")

    converges(host, software, context(of(runtime="containerd", package_versions={"containerd": "2.2.0"})))

    assert host.read("/state/rpm/containerd.io") == "2.2.0-1\n"
    assert not host.at("/state/rpm/docker-ce").exists()


def test_a_version_that_is_not_there_is_told_with_the_words_of_the_package_manager(host: Host) -> None:
    on_offer(host, "docker-ce-29.0.1-1", "docker-ce-cli-29.0.1-1", "cri-dockerd-0.4.0-1")

    applied = run(host, software, context(of()))

    assert list(applied.values()) == [Outcome.FAILED]
    assert "No match for argument: kubeadm-1.34.2-*" in applied.output


def test_a_newer_kubernetes_than_the_inventorys_is_not_taken_back(host: Host) -> None:
    host.put("/state/rpm/kubelet", "1.35.0-1\n")

    applied = run(host, software, context(of()))

    assert "nodewright does not downgrade" in applied.output


def cri_dockerd_by_its_url(host: Host, **cluster: Any) -> Inventory:
    """cri-dockerd as a file, and everything else on offer."""
    content = "cri-dockerd 0.4.0-3\n"
    host.put("/srv/cri-dockerd.rpm", content)
    on_offer(host, "kubeadm-1.34.2-1", "kubelet-1.34.2-1", "kubectl-1.34.2-1")
    on_offer(host, "docker-ce-29.0.1-1", "docker-ce-cli-29.0.1-1")
    digest = hashlib.sha256(content.encode()).hexdigest()
    url = "https://example.org/cri-dockerd.rpm"
    return inventory(cluster, mirrors={"packages": {**OWN, "cri_dockerd": {"url": url, "sha256": digest}}})


def test_cri_dockerd_may_come_as_a_file_with_a_checksum(host: Host) -> None:
    ctx = context(cri_dockerd_by_its_url(host))

    converges(host, software, ctx)

    assert host.log()[-1] == f"dnf -y --disableexcludes=all install {CRI_DOCKERD_FILE}"
    assert host.read("/state/rpm/cri-dockerd") == "0.4.0-3\n"


def cri_dockerd_from_its_archive(host: Host, program: str, **cluster: Any) -> Inventory:
    """A release archive with that program, and everything else on offer."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        entry = tarfile.TarInfo(MEMBER)
        entry.size = len(program)
        tar.addfile(entry, io.BytesIO(program.encode()))
    host.put("/srv/cri-dockerd.tgz", "")
    host.at("/srv/cri-dockerd.tgz").write_bytes(content.getvalue())
    on_offer(host, "kubeadm-1.34.2-1", "kubelet-1.34.2-1", "kubectl-1.34.2-1")
    on_offer(host, "docker-ce-29.0.1-1", "docker-ce-cli-29.0.1-1")
    digest = hashlib.sha256(content.getvalue()).hexdigest()
    url = "https://example.org/cri-dockerd.tgz"
    return inventory(cluster, mirrors={"packages": {**OWN, "cri_dockerd": {"url": url, "sha256": digest}}})


def test_cri_dockerd_comes_out_of_its_release_archive(host: Host) -> None:
    ctx = context(cri_dockerd_from_its_archive(host, "#!/bin/sh\n"))

    converges(host, software, ctx)

    assert host.read(PROGRAM) == "#!/bin/sh\n"
    assert not host.at("/state/rpm/cri-dockerd").exists()


def test_an_archive_for_another_processor_is_told_and_not_installed(host: Host) -> None:
    ctx = context(cri_dockerd_from_its_archive(host, "\x7fELF of another machine"))

    applied = run(host, software, ctx)

    assert applied["cri-dockerd from https://example.org/cri-dockerd.tgz"] is Outcome.FAILED
    assert not host.at(PROGRAM).exists()


def test_without_a_setting_cri_dockerd_is_the_published_archive_for_the_hosts_processor() -> None:
    for machine, name in (("x86_64", "amd64"), ("aarch64", "arm64")):
        ctx = context(answers={**DNF, KERNEL: Kernel(machine=machine)})
        (step,) = [step for step in software(ctx) if step.name.startswith("cri-dockerd from ")]
        assert step.name.endswith(f".{name}.tgz")


def test_another_file_than_the_checksum_says_is_not_installed(host: Host) -> None:
    ctx = context(cri_dockerd_by_its_url(host))
    host.put("/srv/cri-dockerd.rpm", "evil 1-1\n")

    applied = run(host, software, ctx)

    assert "has not the checksum" in applied.output
    assert not host.at("/state/rpm/evil").exists()


def test_what_steps_fetch_themselves_goes_through_the_proxy_too(host: Host) -> None:
    ctx = context(cri_dockerd_by_its_url(host, proxy=PROXY))

    converges(host, software, ctx)

    fetched = [line for line in host.log() if line.startswith("curl")]
    assert fetched == [
        "curl through http://proxy:3128, but for localhost,127.0.0.1,.svc,.cluster.local,"
        "192.168.56.11,192.168.56.12,10.244.0.0/16,10.96.0.0/12,mirror.example.org"
    ]


def test_a_plan_fetches_nothing(host: Host) -> None:
    ctx = context(cri_dockerd_by_its_url(host))

    planned = run(host, software, ctx, Mode.PLAN)

    assert set(planned.values()) == {Outcome.CHANGE}
    assert host.log() == []
