"""Docker or containerd as the kubelet wants them, restarted when and only when something changed; kubelet; images."""

from __future__ import annotations

import json
import tomllib
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from kube.facts.membership import MEMBERSHIP, Membership
from kube.paths import CRI_DOCKERD as PROGRAM
from kube.settings.models import Mirrors
from kube.settings.node import NodeSettings
from kube.versions.images import pause_image
from kube.versions.releases import Version
from nodewright.script.compile import Mode
from nodewright.script.records import Outcome
from nodewright.workflow.context import Context
from roles.host.authorities import authorities
from roles.node.kubelet import kubelet
from roles.software.images import images, wanted_images
from roles.software.registry_logins import registry_logins
from roles.software.runtime import runtime
from tests.shell.resources.host import Host
from tests.shell.roles.applied import converges, run
from tests.unit.roles.villages import DNF, YUM, context, inventory

DAEMON = "/etc/docker/daemon.json"
CONTAINERD = "/etc/containerd/config.toml"
PACKAGES = {
    "docker-ce": "29.0.1-1",
    "containerd.io": "2.2.0-1",
    "cri-dockerd": "0.4.0-3",
    "kubelet": "1.34.2-1",
}


def machine(host: Host, **more: str) -> None:
    """A host with the packages of a node; the runtime's came with a configuration that switches CRI off."""
    host.put(PROGRAM, "#!/bin/sh\n", mode=0o755)
    for name, version in {**PACKAGES, **more}.items():
        host.put(f"/state/rpm/{name}", f"{version}\n")
    host.put(CONTAINERD, 'disabled_plugins = ["cri"]\n')
    host.put("/etc/group", "root:x:0:\ndocker:x:998:\n")


def cluster(**settings: Any) -> Context[NodeSettings]:
    """A host of a cluster with these settings; mirrors among them."""
    mirrors = settings.pop("mirrors", None)
    return context(inventory(settings, mirrors=mirrors))


def restarts(host: Host, unit: str) -> int:
    """How often a unit was restarted."""
    return host.log().count(f"systemctl restart {unit}.service")


# Docker


def test_dockers_data_lie_where_the_inventory_says(host: Host) -> None:
    machine(host)
    converges(host, runtime, cluster(runtime_folder="/data/docker"))
    assert json.loads(host.read(DAEMON))["data-root"] == "/data/docker"


def test_docker_runs_with_the_kubelets_cgroup_driver_and_cri_dockerd_with_the_pause_image(host: Host) -> None:
    machine(host)

    converges(host, runtime, cluster())

    daemon = json.loads(host.read(DAEMON))
    assert daemon["exec-opts"] == ["native.cgroupdriver=systemd"]
    assert daemon["log-opts"] == {"max-size": "50m", "max-file": "5"}
    pause = "--pod-infra-container-image=registry.k8s.io/pause:3.10.1\n"
    assert pause in host.read("/etc/systemd/system/cri-docker.service")
    for unit in ("containerd.service", "docker.service", "cri-docker.socket", "cri-docker.service"):
        assert host.read(f"/state/units/{unit}/active") == "active\n"


def test_the_cgroup_driver_follows_the_kubelets(host: Host) -> None:
    machine(host)

    converges(host, runtime, cluster(kubelet={"cgroupDriver": "cgroupfs"}))

    assert json.loads(host.read(DAEMON))["exec-opts"] == ["native.cgroupdriver=cgroupfs"]


@pytest.mark.parametrize("changed", [DAEMON, "/state/rpm/docker-ce", "/state/rpm/containerd.io"])
def test_docker_restarts_once_when_its_configuration_or_its_packages_changed(
    host: Host, changed: str
) -> None:
    machine(host)
    converges(host, runtime, cluster())
    host.put(changed, "9-9\n")

    converges(host, runtime, cluster())

    assert restarts(host, "docker") == 2


@pytest.mark.parametrize("changed", [PROGRAM, "/etc/systemd/system/cri-docker.service"])
def test_cri_dockerd_restarts_once_when_its_program_or_its_unit_changed(host: Host, changed: str) -> None:
    machine(host)
    converges(host, runtime, cluster())
    host.put(changed, "another\n")

    converges(host, runtime, cluster())

    assert restarts(host, "cri-docker") == 2


OF_A_REPOSITORY = {"packages": {"cri_dockerd": {"url": "https://mirror/", "key": "https://mirror/key"}}}


def test_cri_dockerd_of_a_package_keeps_the_packages_units(host: Host) -> None:
    machine(host)

    converges(host, runtime, cluster(mirrors=OF_A_REPOSITORY))

    drop_in = host.read("/etc/systemd/system/cri-docker.service.d/nodewright.conf")
    assert "ExecStart=/usr/bin/cri-dockerd " in drop_in
    assert not host.at("/etc/systemd/system/cri-docker.service").exists()
    host.put("/state/rpm/cri-dockerd", "0.4.1-3\n")
    converges(host, runtime, cluster(mirrors=OF_A_REPOSITORY))
    assert restarts(host, "cri-docker") == 2


def test_from_a_package_to_the_archive_and_back_nothing_of_the_other_way_stays(host: Host) -> None:
    machine(host)
    units = host.at("/etc/systemd/system")
    for mirrors, ours in [
        (OF_A_REPOSITORY, "cri-docker.service.d/nodewright.conf"),
        (None, "cri-docker.service"),
        (OF_A_REPOSITORY, "cri-docker.service.d/nodewright.conf"),
    ]:
        converges(host, runtime, cluster(mirrors=mirrors))
        found = [
            str(path.relative_to(units)) for path in units.rglob("cri-docker.service*") if path.is_file()
        ]
        found += [str(path.relative_to(units)) for path in units.glob("cri-docker.service.d/*")]
        assert found == [ours]


def test_a_plan_says_that_another_setting_or_package_restarts_docker(host: Host) -> None:
    machine(host)
    converges(host, runtime, cluster())

    rotation = run(host, runtime, cluster(log_rotation={"max_files": 9}), Mode.PLAN)
    upgrade = run(host, runtime, cluster(package_versions={"docker": "29.1.0"}), Mode.PLAN)

    assert rotation["service docker.service"] is Outcome.CHANGE
    assert upgrade["service docker.service"] is Outcome.CHANGE


def test_docker_18_06_is_one_package_with_one_service(host: Host) -> None:
    machine(host, **{"docker-ce": "18.06.1.ce-3.el7"})
    host.at("/state/rpm/containerd.io").unlink()
    of = inventory({"kubernetes": "1.13.3"})

    converges(host, runtime, context(of, answers=YUM))

    assert host.read("/state/units/docker.service/active") == "active\n"
    assert not host.at("/state/units/containerd.service").exists()
    assert not host.at("/etc/systemd/system/cri-docker.service.d").exists(), "dockershim"


def test_a_registry_without_tls_is_insecure_only_where_the_inventory_says_so(host: Host) -> None:
    machine(host)
    mirrors = {"images": {"docker.io": "10.77.0.1:5000"}}

    converges(host, runtime, cluster(mirrors=mirrors))
    assert json.loads(host.read(DAEMON)).keys() & {"insecure-registries", "registry-mirrors"} == {
        "registry-mirrors"
    }

    converges(host, runtime, cluster(mirrors={**mirrors, "insecure_registries": ["10.77.0.1:5000"]}))
    daemon = json.loads(host.read(DAEMON))
    assert daemon["insecure-registries"] == ["10.77.0.1:5000"]
    assert daemon["registry-mirrors"] == ["http://10.77.0.1:5000"]


def test_the_proxy_of_a_runtime_comes_and_goes_and_restarts_it(host: Host) -> None:
    machine(host)
    path = "/etc/systemd/system/docker.service.d/nodewright-proxy.conf"
    proxy = {"http": "http://user:50%25@proxy:3128", "no_proxy": ["mirror.example.org"]}

    converges(host, runtime, cluster(proxy=proxy))
    assert 'Environment="HTTPS_PROXY=http://user:50%%25@proxy:3128"\n' in host.read(path)
    assert ',10.244.0.0/16,10.96.0.0/12,mirror.example.org"\n' in host.read(path)

    converges(host, runtime, cluster())
    assert not host.at(path).exists()
    assert restarts(host, "docker") == 2


# containerd


@pytest.mark.parametrize("pinned", [None, "1.7.28", "2.2.0"])
def test_containerd_gets_its_whole_configuration_in_the_form_of_its_version(
    host: Host, pinned: str | None
) -> None:
    machine(host, **{"containerd.io": f"{pinned or '2.2.0'}-1"})
    versions = {"containerd": pinned} if pinned else {}

    converges(host, runtime, cluster(runtime="containerd", package_versions=versions))

    settings = tomllib.loads(host.read(CONTAINERD))
    plugins = settings["plugins"]
    pause = pause_image(Version(1, 34, 2), Mirrors().images)
    assert "disabled_plugins" not in settings
    if pinned == "2.2.0":
        assert settings["version"] == 3
        assert plugins["io.containerd.cri.v1.images"]["pinned_images"]["sandbox"] == pause
        runc = plugins["io.containerd.cri.v1.runtime"]["containerd"]["runtimes"]["runc"]
    else:
        assert settings["version"] == 2
        assert plugins["io.containerd.grpc.v1.cri"]["sandbox_image"] == pause
        runc = plugins["io.containerd.grpc.v1.cri"]["containerd"]["runtimes"]["runc"]
    assert runc["options"]["SystemdCgroup"] is True


@pytest.mark.parametrize("version", ["1.7.29", "2.2.0"])
def test_containerds_data_lie_where_the_inventory_says(host: Host, version: str) -> None:
    machine(host, **{"containerd.io": f"{version}-1"})
    pinned = {"package_versions": {"containerd": version}}
    converges(host, runtime, cluster(runtime="containerd", runtime_folder="/data/containerd", **pinned))
    assert tomllib.loads(host.read(CONTAINERD))["root"] == "/data/containerd"


def test_what_the_package_had_written_is_kept(host: Host) -> None:
    machine(host)

    converges(host, runtime, cluster(runtime="containerd"))

    kept = host.read(f"/var/lib/nodewright/before/paths{CONTAINERD}/.before")
    assert kept == 'disabled_plugins = ["cri"]\n'


def test_a_registrys_mirror_is_found_without_a_restart(host: Host) -> None:
    machine(host)
    converges(host, runtime, cluster(runtime="containerd"))
    mirrors = {
        "images": {"docker.io": "registry.example.org/hub", "quay.io": "10.77.0.1:5000"},
        "insecure_registries": ["10.77.0.1:5000"],
    }

    converges(host, runtime, cluster(runtime="containerd", mirrors=mirrors))

    folder = "/etc/containerd/certs.d"
    assert tomllib.loads(host.read(f"{folder}/docker.io/hosts.toml")) == {
        "host": {
            "https://registry.example.org/v2/hub": {
                "capabilities": ["pull", "resolve"],
                "override_path": True,
            }
        }
    }
    assert (
        tomllib.loads(host.read(f"{folder}/10.77.0.1:5000/hosts.toml"))["server"] == "http://10.77.0.1:5000"
    )
    assert restarts(host, "containerd") == 1


def test_a_mirror_that_the_inventory_does_not_name_any_more_is_not_asked_any_more(host: Host) -> None:
    machine(host)
    folder = "/etc/containerd/certs.d"
    host.put(f"{folder}/ghcr.io/hosts.toml", 'server = "https://theirs"\n')
    converges(
        host, runtime, cluster(runtime="containerd", mirrors={"images": {"docker.io": "a", "quay.io": "b"}})
    )

    converges(host, runtime, cluster(runtime="containerd", mirrors={"images": {"quay.io": "b"}}))

    left = sorted(str(path.relative_to(host.at(folder))) for path in host.at(folder).rglob("hosts.toml"))
    assert left == ["ghcr.io/hosts.toml", "quay.io/hosts.toml"]


def test_a_flat_mirror_is_no_mirror_for_pods_because_their_paths_would_not_be_found(host: Host) -> None:
    machine(host)
    flat = {"registry.k8s.io": {"prefix": "registry.example.org/k8s", "flat": True}}

    converges(host, runtime, cluster(runtime="containerd", mirrors={"images": flat}))

    assert not host.at("/etc/containerd/certs.d").exists()
    settings = tomllib.loads(host.read(CONTAINERD))
    pause = settings["plugins"]["io.containerd.grpc.v1.cri"]["sandbox_image"]
    assert pause == "registry.example.org/k8s/pause:3.10.1"


# logins and authorities

LOGIN = {"logins": {"registry.example.org": {"user": "nodes", "password": "secret word"}}}


@pytest.mark.parametrize("engine", ["docker", "containerd"])
def test_a_login_is_in_files_that_root_alone_reads_and_in_no_plan(host: Host, engine: str) -> None:
    machine(host)
    mirrors = {**LOGIN, "images": {"registry.k8s.io": "registry.example.org"}}
    ctx = cluster(runtime=engine, mirrors=mirrors)

    for role in (registry_logins, runtime):
        assert "secret word" not in "".join(step.want or "" for step in role(ctx))
        converges(host, role, ctx)

    assert host.at("/.docker/config.json").stat().st_mode & 0o777 == 0o600
    auths = json.loads(host.read("/.docker/config.json"))["auths"]
    assert b64decode(auths["registry.example.org"]["auth"]) == b"nodes:secret word"
    if engine == "containerd":
        assert host.at(CONTAINERD).stat().st_mode & 0o777 == 0o600
        registry = tomllib.loads(host.read(CONTAINERD))["plugins"]["io.containerd.grpc.v1.cri"]["registry"]
        auth = registry["configs"]["registry.example.org"]["auth"]
        assert auth == {"username": "nodes", "password": "secret word"}


def test_logins_go_when_the_inventory_has_none_and_those_of_an_administrator_come_back(host: Host) -> None:
    theirs = '{"auths": {"theirs": {"auth": "YTpi"}}}\n'
    host.put("/.docker/config.json", theirs)
    converges(host, registry_logins, cluster(mirrors=LOGIN))
    assert "registry.example.org" in host.read("/.docker/config.json")

    converges(host, registry_logins, cluster())

    assert host.read("/.docker/config.json") == theirs


def test_what_mirrors_are_signed_by_is_trusted_and_the_runtime_starts_anew_with_it(
    host: Host, tmp_path: Path
) -> None:
    machine(host)
    pem = tmp_path / "ca.pem"
    pem.write_text("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")
    converges(host, runtime, cluster())
    trusting = cluster(mirrors={"authorities": str(pem)})

    converges(host, authorities, trusting)
    converges(host, runtime, trusting)

    assert host.read("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem") == pem.read_text()
    assert restarts(host, "docker") == 2
    converges(host, authorities, cluster())
    assert host.read("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem") == ""
    assert host.log().count("update-ca-trust extract") == 2


# kubelet


def test_kubelet_starts_at_boot_but_not_before_kubeadm_has_run(host: Host) -> None:
    converges(host, kubelet, cluster())

    assert host.read("/state/units/kubelet.service/enabled") == "enabled\n"
    assert not host.at("/state/units/kubelet.service/active").exists()


def test_a_file_that_the_kubelet_is_told_of_has_to_be_there(host: Host) -> None:
    told = cluster(kubelet={"resolvConf": "/etc/resolv-upstream.conf"})

    applied = run(host, kubelet, told)

    assert applied["/etc/resolv-upstream.conf for kubelet"] is Outcome.FAILED
    assert (
        "does not start without /etc/resolv-upstream.conf, which the inventory names as resolvConf"
        in applied.output
    )

    host.put("/etc/resolv-upstream.conf", "nameserver 192.0.2.1\n")
    converges(host, kubelet, told)


@pytest.mark.parametrize("folder", ["/sys/fs/cgroup", "/sys/fs/cgroup/memory"])
def test_a_cgroup_that_the_kubelet_is_to_limit_has_to_be_there(host: Host, folder: str) -> None:
    told = cluster(
        kubelet={"enforceNodeAllocatable": ["pods", "kube-reserved"], "kubeReservedCgroup": "/kube-own.slice"}
    )
    assert run(host, kubelet, told)["/kube-own.slice for kubelet"] is Outcome.FAILED

    host.at(f"{folder}/kube.slice/kube-own.slice").mkdir(parents=True)
    converges(host, kubelet, told)


def test_settings_of_one_kubelet_come_and_go(host: Host) -> None:
    path = "/etc/nodewright/patches/kubeletconfiguration+merge.yaml"
    own = inventory(control_planes={"node1": {"address": "192.168.56.11", "kubelet": {"maxPods": 50}}})

    converges(host, kubelet, context(own))
    assert host.read(path) == "maxPods: 50\n"

    converges(host, kubelet, cluster())
    assert not host.at(path).exists()


# images


@pytest.mark.parametrize("engine", ["docker", "containerd"])
def test_images_are_pulled_once(host: Host, engine: str) -> None:
    ctx = cluster(runtime=engine)

    converges(host, images, ctx)

    assert sorted(host.read("/state/images").split()) == sorted(wanted_images(ctx))


@pytest.mark.parametrize("engine", ["docker", "containerd"])
def test_an_image_that_cannot_be_had_fails_nothing_here_and_is_tried_again_by_the_next_run(
    host: Host, engine: str
) -> None:
    ctx = cluster(runtime=engine)
    missing = wanted_images(ctx)[-1]
    host.put("/state/refused", f"{missing}\n")

    assert run(host, images, ctx, run_id="one") == {"image pulls begun": Outcome.CHANGED}
    assert missing not in host.read("/state/images")

    host.at("/state/refused").unlink()
    assert run(host, images, ctx, run_id="two") == {"image pulls begun": Outcome.CHANGED}
    assert missing in host.read("/state/images")


def test_images_behind_a_login_are_there_before_kubeadm_asks_cri_dockerd_for_them_without_one(
    host: Host,
) -> None:
    ctx = cluster(mirrors={**LOGIN, "images": {"registry.k8s.io": "registry.example.org"}})

    changed = converges(host, images, ctx)

    assert "image pulls begun" in changed
    assert sorted(host.read("/state/images").split()) == sorted(wanted_images(ctx))
    assert host.log().count("docker logs in by /.docker") == len(wanted_images(ctx))
    assert [step.name for step in images(ctx)] == ["image pulls begun", "images that need a login are here"]


def test_containerd_pulls_what_needs_a_login_by_its_own_configuration(host: Host) -> None:
    ctx = cluster(
        runtime="containerd", mirrors={**LOGIN, "images": {"registry.k8s.io": "registry.example.org"}}
    )

    converges(host, images, ctx)

    pulled = [line.split()[-1] for line in host.log() if line.startswith("crictl")]
    assert pulled
    assert {name.partition("/")[0] for name in pulled} == {"registry.example.org"}


def test_an_image_whose_name_begins_like_anothers_is_not_that_one(host: Host) -> None:
    ctx = cluster(runtime="containerd")
    longer = "\n".join(f"{name}.1" for name in wanted_images(ctx))
    host.put("/state/images", f"{longer}\n")

    assert run(host, images, ctx, Mode.PLAN) == {"image pulls begun": Outcome.CHANGE}


def test_a_member_pulls_nothing_more(host: Host) -> None:
    member = Membership("village", "sha256:1", ("/etc/kubernetes/kubelet.conf",))

    assert list(images(context(answers={**DNF, MEMBERSHIP: member}))) == []
