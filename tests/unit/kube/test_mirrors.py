"""Mirrors as people have them: ready ones, flat ones, with a login, with a certificate of their own."""

from __future__ import annotations

import json
import tomllib
from base64 import b64decode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kube.settings.inventory import Inventory
from kube.settings.models import Mirrors, Repository
from kube.settings.ready_mirrors import READY, ready_page
from nodewright.inventory import InventoryError, load
from roles.parts.registries import logins_of_containerd, logins_of_docker
from roles.parts.templates import render
from tests.golden import assert_golden

ROOT = Path(__file__).parents[3]
HOSTS = "control_planes: {node1: {address: 192.0.2.11}}\n"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize("name", READY)
def test_ready_mirrors_are_settings_and_come_by_tls(name: str) -> None:
    mirrors = Mirrors.model_validate(READY[name].settings)
    assert isinstance(mirrors.packages.kubernetes, Repository)
    urls = [mirrors.packages.kubernetes.url, mirrors.packages.docker.url]
    assert all(url.startswith("https://") for url in urls)
    assert not mirrors.insecure_registries
    assert mirrors.images.keys() == {"registry.k8s.io", "docker.io", "ghcr.io", "quay.io"}


def test_the_page_of_ready_mirrors_shows_what_they_stand_for() -> None:
    assert_golden(ROOT / "docs/ready-mirrors.md", ready_page())


passwords = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(passwords)
def test_any_password_reaches_both_runtimes_as_it_is(password: str) -> None:
    mirrors = Mirrors.model_validate(
        {"logins": {"registry.example.org:5000": {"user": "nodes", "password": password}}}
    )
    for version, plugin in ((2, "io.containerd.grpc.v1.cri"), (3, "io.containerd.cri.v1.images")):
        text = render(
            "containerd.toml.j2",
            version=version,
            pause_image="pause",
            systemd_cgroup=True,
            root=None,
            logins=logins_of_containerd(mirrors),
        )
        auth = tomllib.loads(text)["plugins"][plugin]["registry"]["configs"]["registry.example.org:5000"][
            "auth"
        ]
        assert auth == {"username": "nodes", "password": password}
    (auth,) = json.loads(logins_of_docker(mirrors))["auths"].values()
    assert b64decode(auth["auth"]).decode() == f"nodes:{password}"


def test_docker_hub_is_called_as_each_program_calls_it() -> None:
    mirrors = Mirrors.model_validate({"logins": {"docker.io": {"user": "a", "password": "b"}}})
    assert json.loads(logins_of_docker(mirrors))["auths"].keys() == {"https://index.docker.io/v1/"}
    assert logins_of_containerd(mirrors)[0]["host"] == '"registry-1.docker.io"'


def test_a_login_is_for_a_registry_and_not_for_a_path() -> None:
    with pytest.raises(ValueError, match="without a path"):
        Mirrors.model_validate({"logins": {"registry.example.org/team": {"user": "a", "password": "b"}}})


def test_authorities_are_read_from_a_file_beside_the_inventory(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text(CERTIFICATE)
    path = tmp_path / "inventory.yaml"
    path.write_text("cluster: {name: a, runtime: containerd}\nmirrors: {authorities: ca.pem}\n" + HOSTS)
    authorities = load(path, Inventory).settings.mirrors.authorities
    assert authorities is not None
    assert (authorities.path, authorities.text) == (str(tmp_path / "ca.pem"), CERTIFICATE)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no file"),
        ("hello\n", "holds no certificate in PEM"),
        (CERTIFICATE + "-----BEGIN PRIVATE KEY-----\n", "holds a private key, which would go to every host"),
    ],
)
def test_a_file_that_holds_no_authorities_is_refused_at_its_line(
    tmp_path: Path, content: str | None, words: str
) -> None:
    if content:
        (tmp_path / "ca.pem").write_text(content)
    path = tmp_path / "inventory.yaml"
    path.write_text("cluster: {name: a, runtime: containerd}\nmirrors:\n  authorities: ca.pem\n" + HOSTS)
    with pytest.raises(InventoryError, match=words) as caught:
        load(path, Inventory)
    assert "inventory.yaml:3:16" in str(caught.value)
