"""What is applied to clusters of old minors, held against the API of those minors: they are not run here."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from kube.objects.addons import Addons, addons
from kube.objects.manifest import Applied
from kube.settings.models import Mirrors
from kube.versions.addons import FLANNEL, METALLB, Addon, fitting
from kube.versions.releases import Version
from lab import host
from lab.cache import Cache
from roles.parts.templates import render
from tests.lab.schemas import CLIENTS, Schema, schema
from tests.unit.kube.clusters import cluster

POOL = {"metallb": {"addresses": ["10.77.0.200-10.77.0.220"]}}
MODULES = {
    "https://raw.githubusercontent.com/flannel-io/flannel": "github.com/flannel-io/flannel",
    "https://raw.githubusercontent.com/metallb/metallb": "go.universe.tf/metallb",
}


@pytest.fixture(scope="module")
def published(cache: Cache, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every manifest of the tables by its URL, as the Go module of that tag has it."""
    go, modules = host.go_binary(cache), tmp_path_factory.mktemp("modules")
    return {addon.url: _published(addon, go, modules) for addon in (*FLANNEL, *METALLB)}


def _published(addon: Addon, go: Path, modules: Path) -> str:
    repository, tag, path = addon.url.rsplit("/v", 1)[0], *f"v{addon.url.rsplit('/v', 1)[1]}".split("/", 1)
    env = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(modules),
        "GOMODCACHE": str(modules),
        "GOFLAGS": "-modcacherw",
        "GOTOOLCHAIN": "local",
        # The manifest is known by its own checksum.
        "GONOSUMDB": "*",
    }
    argv: list[str | Path] = [go, "mod", "download", "-json", f"{MODULES[repository]}@{tag}"]
    ran = subprocess.run(argv, env=env, cwd=modules, check=True, capture_output=True, text=True)
    return (Path(json.loads(ran.stdout)["Dir"]) / path).read_text()


@pytest.fixture(scope="module", params=CLIENTS, ids=lambda minor: f"1.{minor}")
def minor(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def api(minor: int, cache: Cache) -> Schema:
    """What that minor's API takes."""
    return schema(minor, cache.root / "schemas")


@pytest.fixture(scope="module")
def fitted(minor: int, published: dict[str, str]) -> Addons:
    """The add-ons of a cluster of that minor."""
    version = Version(1, minor, 0)
    return addons(
        cluster(kubernetes=str(version), **POOL),
        Mirrors(),
        flannel_text=published[fitting(FLANNEL, version).url],
        metallb_text=published[fitting(METALLB, version).url],
    )


@pytest.mark.parametrize("addon", [*FLANNEL, *METALLB], ids=lambda addon: addon.url.split("/", 4)[4])
def test_a_published_manifest_has_the_checksum_of_the_table(addon: Addon, published: dict[str, str]) -> None:
    assert hashlib.sha256(published[addon.url].encode()).hexdigest() == addon.sha256


def problems(api: Schema, applied: Applied | str | None) -> list[str]:
    text = applied.text if isinstance(applied, Applied) else applied
    assert text
    return [problem for one in yaml.safe_load_all(text) for problem in api.problems(one)]


def test_flannel_is_what_the_minors_api_takes(api: Schema, fitted: Addons) -> None:
    assert problems(api, fitted.flannel) == []


def test_metallb_is_what_the_minors_api_takes(api: Schema, fitted: Addons) -> None:
    assert problems(api, fitted.definitions) == []
    assert problems(api, fitted.metallb) == []


def test_the_pool_is_what_the_minors_api_or_the_definitions_take(
    minor: int, api: Schema, fitted: Addons
) -> None:
    assert fitted.pool is not None
    assert fitted.definitions is not None
    if minor < 19:
        assert problems(api, fitted.pool) == []
        return
    defined = {
        one["spec"]["names"]["kind"]: version["schema"]["openAPIV3Schema"]["properties"]["spec"]
        for one in yaml.safe_load_all(fitted.definitions.text)
        if one["kind"] == "CustomResourceDefinition"
        for version in one["spec"]["versions"]
        if version["name"] == "v1beta1"
    }
    for one in yaml.safe_load_all(fitted.pool.text):
        assert one["spec"].keys() <= defined[one["kind"]]["properties"].keys()


def test_the_smoke_test_is_what_the_minors_api_takes(api: Schema) -> None:
    text = render(
        "smoke.yaml.j2",
        namespace="smoke",
        nodes=["node1", "node2"],
        replicas=2,
        image="nginx",
        load_balancer=True,
    )
    assert problems(api, text) == []


def objects(applied: Applied | None) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(applied.text)) if applied else []


def test_no_pod_asks_for_a_label_that_nodes_of_1_13_have_not(minor: int, fitted: Addons) -> None:
    text = fitted.flannel.text + (fitted.metallb.text if fitted.metallb else "")
    assert ("beta.kubernetes.io/os" in text) is (minor < 14)


def test_pods_of_a_critical_priority_are_where_the_minor_admits_them(minor: int, fitted: Addons) -> None:
    critical = [
        one["metadata"]["namespace"]
        for one in (*objects(fitted.flannel), *objects(fitted.metallb))
        if one["kind"] in {"DaemonSet", "Deployment"}
        and one["spec"]["template"]["spec"].get("priorityClassName", "").startswith("system-")
    ]
    assert critical == ["kube-system" if minor < 17 else "kube-flannel"]


def test_the_schema_sees_a_field_that_came_later_and_a_kind_that_is_gone(cache: Cache) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a"},
        "spec": {"containers": [{"name": "a", "startupProbe": {}, "args": "x"}], "hostPID": 1},
    }
    old = schema(13, cache.root / "schemas")
    assert old.problems(pod) == [
        "Pod.spec.containers[0].startupProbe is not known",
        "Pod.spec.containers[0].args is no list",
        "Pod.spec.hostPID is 1, no bool",
    ]
    assert old.problems({**pod, "apiVersion": "v9"}) == ["v9 has no Pod"]
