"""The mirror itself, as its clients see it: rpm, a registry's client, a manifest's reader."""

import hashlib
import io
import json
import re
import shutil
import socket
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from lab.artifacts import needed
from lab.cache import Cache
from lab.image_recipes import EVERY_CLUSTER, kubernetes
from lab.images import MANIFEST, Image
from lab.manifests import MirrorFile
from lab.mirror import DOCKER_PATH, KUBERNETES_PATH, Mirror, graph
from lab.versions import CRI_DOCKERD, DOCKER, NGINX, RELEASES

MINOR = "1.34"
IMAGES = [*kubernetes(MINOR), *EVERY_CLUSTER]
REGISTRIES = ("registry.k8s.io", "docker.io", "ghcr.io", "quay.io")


def said(*argv: str | Path) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout


def packages(mirror: Mirror) -> list[Path]:
    return sorted(mirror.www.rglob("*.rpm"))


def test_a_mirror_that_is_there_is_not_made_again(cache: Cache, mirror: Mirror) -> None:
    goals = graph((MINOR,), lambda: pytest.fail("asked for a compiler"), cache.work)
    assert needed(cache, *goals) == []


def test_what_only_compiling_needs_is_gone(cache: Cache, mirror: Mirror) -> None:
    assert not cache.work.exists()


# Packages


@pytest.fixture(scope="session")
def trusting(mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """rpmkeys, with a database that trusts the mirror's key and nothing else."""
    database = str(tmp_path_factory.mktemp("rpm"))
    rpmkeys = ["rpmkeys", "--dbpath", database, "--define", "_pkgverify_level all"]
    said(*rpmkeys, "--import", mirror.key)
    return rpmkeys


def test_every_package_is_signed_with_the_key_beside_it(mirror: Mirror, trusting: list[str]) -> None:
    assert packages(mirror)
    said(*trusting, "--checksig", *packages(mirror))


def test_a_tampered_package_is_refused(mirror: Mirror, trusting: list[str], tmp_path: Path) -> None:
    tampered = Path(shutil.copy(packages(mirror)[0], tmp_path))
    content = bytearray(tampered.read_bytes())
    content[-100] ^= 1
    tampered.write_bytes(content)
    checked = subprocess.run([*trusting, "--checksig", tampered], capture_output=True, text=True, check=False)
    assert checked.returncode != 0
    assert "NOT OK" in checked.stdout


@pytest.mark.parametrize("path", [KUBERNETES_PATH.format(minor=MINOR), DOCKER_PATH, "cri-dockerd"])
def test_a_repository_is_signed_and_has_its_key_where_the_public_one_has(
    mirror: Mirror, path: str, tmp_path: Path
) -> None:
    index = mirror.www / path / "repodata" / "repomd.xml"
    keyring = tmp_path / "key.gpg"
    said("gpg", "--homedir", tmp_path, "--output", keyring, "--dearmor", f"{index}.key")
    said("gpgv", "--keyring", keyring, f"{index}.asc", index)


def test_docker_has_its_key_where_the_public_one_has(mirror: Mirror) -> None:
    assert (mirror.www / "download.docker.com/linux/centos/gpg").read_text() == mirror.key.read_text()


@pytest.fixture(scope="session")
def installed(mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that every package of the mirror is installed into."""
    root = tmp_path_factory.mktemp("root")
    said("rpmkeys", "--root", root, "--import", mirror.key)
    unique = {package.name: package for package in packages(mirror)}
    said("rpm", "--root", root, "--install", "--noscripts", "--nodeps", *unique.values())
    return root


@pytest.mark.parametrize(
    ("command", "version"),
    [
        ("usr/bin/kubeadm version -o short", f"v{RELEASES[MINOR].kubernetes}"),
        ("usr/bin/kubelet --version", f"Kubernetes v{RELEASES[MINOR].kubernetes}"),
        ("usr/bin/kubectl version --client", f"Client Version: v{RELEASES[MINOR].kubernetes}"),
        ("usr/bin/dockerd --version", f"Docker version {DOCKER}, "),
        ("usr/bin/docker --version", f"Docker version {DOCKER}, "),
        ("usr/bin/containerd --version", "containerd github.com/containerd/containerd/v2 v2.2.0"),
        ("usr/libexec/runc --version", "runc version 1.3.3\n"),
        ("usr/bin/cri-dockerd --version", f"cri-dockerd {CRI_DOCKERD} "),
        ("usr/bin/docker-init --version", "tini version 0.19.0"),
    ],
)
def test_a_command_says_its_true_version(installed: Path, command: str, version: str) -> None:
    program, *arguments = command.split()
    assert version in said(installed / program, *arguments)


def test_containerd_comes_with_its_cri_switched_off(installed: Path) -> None:
    assert 'disabled_plugins = ["cri"]' in (installed / "etc/containerd/config.toml").read_text()


# Images


@pytest.fixture(scope="session")
def registry(mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """host:port of Debian's docker-registry, serving the mirror's storage read-only on loopback."""
    folder = tmp_path_factory.mktemp("registry")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    config = {
        "version": "0.1",
        "storage": {
            "filesystem": {"rootdirectory": str(mirror.registry)},
            "maintenance": {"readonly": {"enabled": True}},
        },
        "http": {"addr": address},
    }
    (folder / "config.json").write_text(json.dumps(config))
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            ["docker-registry", "serve", folder / "config.json"], stdout=log, stderr=log
        )
    try:
        _until_it_answers(server, f"http://{address}/v2/", folder / "log")
        yield address
    finally:
        server.terminate()
        server.wait()


def _until_it_answers(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    while server.poll() is None:
        try:
            urlopen(url, timeout=5).close()
        except URLError:
            continue
        return
    pytest.fail(log.read_text())


def fetched(url: str) -> bytes:
    with urlopen(Request(url, headers={"Accept": MANIFEST}), timeout=30) as answer:
        return bytes(answer.read())


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.name)
def test_an_image_is_served_whole(registry: str, image: Image) -> None:
    repository = f"http://{registry}/v2/{image.name}"
    manifest = json.loads(fetched(f"{repository}/manifests/{image.tag}"))
    for part in [manifest["config"], *manifest["layers"]]:
        content = fetched(f"{repository}/blobs/{part['digest']}")
        assert len(content) == part["size"]
        assert f"sha256:{hashlib.sha256(content).hexdigest()}" == part["digest"]


@pytest.fixture
def short_path() -> Iterator[str]:
    """podman takes no runroot of more than 50 characters, and tmp_path may have that."""
    with TemporaryDirectory(prefix="lab-") as folder:
        yield folder


def test_a_container_program_pulls_an_image_and_runs_it(registry: str, short_path: str) -> None:
    own = ("--root", f"{short_path}/storage", "--runroot", f"{short_path}/run")
    podman = ["podman", *own, "--storage-driver", "vfs"]
    image = f"{registry}/coredns/coredns:v{RELEASES[MINOR].coredns}"
    said(*podman, "pull", "--quiet", "--tls-verify=false", image)
    mounted = Path(said(*podman, "image", "mount", image).strip())
    assert f"CoreDNS-{RELEASES[MINOR].coredns}" in said(mounted / "coredns", "-version")
    entrypoint = said(*podman, "image", "inspect", "--format", "{{.Config.Entrypoint}}", image)
    assert entrypoint == "[/coredns]\n"
    said(*podman, "image", "unmount", image)


def test_the_nginx_image_has_what_a_smoke_test_runs_in_its_pods(registry: str) -> None:
    nginx = f"http://{registry}/v2/library/nginx"
    [layer] = json.loads(fetched(f"{nginx}/manifests/{NGINX}"))["layers"]
    with tarfile.open(fileobj=io.BytesIO(fetched(f"{nginx}/blobs/{layer['digest']}"))) as tar:
        names = set(tar.getnames())
        page = tar.extractfile("var/www/html/index.nginx-debian.html")
        assert page is not None
        assert b"Welcome to nginx!" in page.read()
    assert {"usr/bin/curl", "usr/bin/getent", "usr/bin/dash", "usr/local/bin/nslookup"} <= names


def served(registry: str) -> set[str]:
    names = json.loads(fetched(f"http://{registry}/v2/_catalog?n=1000"))["repositories"]
    tags = {name: json.loads(fetched(f"http://{registry}/v2/{name}/tags/list"))["tags"] for name in names}
    return {f"{name}:{tag}" for name in names for tag in tags[name]}


def without_registry(images: list[str]) -> set[str]:
    """What is left of public names when the registry is taken away: what the mirror calls them."""
    assert all(image.startswith(REGISTRIES) for image in images)
    return {image.partition("/")[2] for image in images}


def test_the_registry_has_every_image_that_kubeadm_asks_for(registry: str, installed: Path) -> None:
    version = f"v{RELEASES[MINOR].kubernetes}"
    asked = said(installed / "usr/bin/kubeadm", "config", "images", "list", "--kubernetes-version", version)
    assert len(asked.split()) == 7
    assert without_registry(asked.split()) <= served(registry)


@pytest.mark.parametrize("name", ["flannel", "metallb"])
def test_the_registry_has_every_image_that_a_manifest_asks_for(
    registry: str, mirror: Mirror, name: str
) -> None:
    text = (mirror.www / mirror.manifests[name].path).read_text()
    asked = re.findall(r"^\s*image: (\S+)", text, re.MULTILINE)
    assert asked
    assert without_registry(asked) <= served(registry)


# Single files


@pytest.mark.parametrize("name", ["flannel", "metallb", "cri-dockerd"])
def test_a_file_lies_under_its_public_url_with_its_checksum_beside(mirror: Mirror, name: str) -> None:
    files: dict[str, MirrorFile] = {**mirror.manifests, "cri-dockerd": mirror.cri_dockerd}
    file = files[name]
    assert file.url == f"https://{file.path}"
    content = (mirror.www / file.path).read_bytes()
    assert hashlib.sha256(content).hexdigest() == file.sha256
    assert (mirror.www / f"{file.path}.sha256").read_text() == f"{file.sha256}  {Path(file.path).name}\n"
