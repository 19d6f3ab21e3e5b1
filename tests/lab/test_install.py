"""A node installs from the mirror as from the public servers: packages by dnf, images by digest."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.mirror import DOCKER_PATH, KUBERNETES_PATH, Mirror
from lab.nodes import on, ssh_command
from lab.settings import Lab, Node

KUBERNETES = KUBERNETES_PATH.format(minor="1.34")
REPOSITORY = """
cat >/etc/yum.repos.d/{name}.repo <<'END'
[{name}]
name={name}
baseurl={url}
enabled=0
gpgcheck=1
repo_gpgcheck={signed_index}
gpgkey={key}
END
"""


@pytest.fixture(scope="module")
def node(nodes: Lab) -> Node:
    """A node that knows Docker's and Kubernetes' repository, under the paths they have in public."""
    docker = {
        "url": f"{nodes.http}/{DOCKER_PATH}/",
        "key": f"{nodes.http}/download.docker.com/linux/centos/gpg",
    }
    key = f"{nodes.http}/{KUBERNETES}/repodata/repomd.xml.key"
    kubernetes = {"url": f"{nodes.http}/{KUBERNETES}/", "key": key}
    on(nodes, nodes.nodes[0], REPOSITORY.format(name="docker", **docker, signed_index=1))
    on(nodes, nodes.nodes[0], REPOSITORY.format(name="kubernetes", **kubernetes, signed_index=1))
    return nodes.nodes[0]


def test_dnf_installs_a_signed_package_with_what_it_needs(nodes: Lab, node: Node) -> None:
    on(nodes, node, "dnf -y -q --repo kubernetes install kubelet-1.34.2", timeout=300)
    installed = on(
        nodes, node, "rpm --query --queryformat '%{name} ' kubelet kubernetes-cni; kubelet --version"
    )
    assert installed == "kubelet kubernetes-cni Kubernetes v1.34.2\n"


def test_dnf_refuses_a_package_that_somebody_touched(
    nodes: Lab, node: Node, mirror: Mirror, tmp_path: Path
) -> None:
    """The index is right about the touched package, as it would be in a repository that somebody took over."""
    [package] = (mirror.www / KUBERNETES).glob("kubectl-*.rpm")
    touched = Path(shutil.copy(package, tmp_path))
    content = bytearray(touched.read_bytes())
    content[-100] ^= 1
    touched.write_bytes(content)
    subprocess.run(["createrepo_c", "--quiet", tmp_path], check=True)
    sent = subprocess.run(["tar", "-C", tmp_path, "-c", "."], check=True, capture_output=True).stdout
    unpack = ssh_command(nodes, node, "mkdir /root/touched && tar -C /root/touched -x")
    subprocess.run(unpack, input=sent, check=True)
    key = f"{nodes.http}/{KUBERNETES}/repodata/repomd.xml.key"
    on(nodes, node, REPOSITORY.format(name="touched", url="file:///root/touched", key=key, signed_index=0))
    with pytest.raises(LabError, match="GPG check FAILED"):
        on(nodes, node, "dnf -y -q --repo touched install kubectl", timeout=300)
    on(nodes, node, "! rpm -q kubectl")


def test_a_node_pulls_an_image_from_the_registry_by_tag_and_digest(nodes: Lab, node: Node) -> None:
    image = f"http://{nodes.registry}/v2/coredns/coredns"
    accept = (
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
    fetch = f"curl -sSf -H 'Accept: {', '.join(accept)}' {image}/manifests/v1.12.1"
    manifest = json.loads(on(nodes, node, fetch))
    for blob in (manifest["config"], *manifest["layers"]):
        pulled = on(nodes, node, f"curl -sSf {image}/blobs/{blob['digest']} | sha256sum", timeout=300)
        assert pulled.split()[0] == blob["digest"].removeprefix("sha256:")


def test_docker_pulls_and_runs_an_image_of_the_registry(nodes: Lab, node: Node) -> None:
    image = f"{nodes.registry}/library/nginx:1.22"
    on(nodes, node, "dnf -y -q --repo docker install docker-ce", timeout=300)
    settings = {"insecure-registries": [nodes.registry], "exec-opts": ["native.cgroupdriver=cgroupfs"]}
    on(nodes, node, f"mkdir -p /etc/docker; echo '{json.dumps(settings)}' >/etc/docker/daemon.json")
    on(nodes, node, "systemctl enable --quiet --now docker", timeout=120)
    said = on(nodes, node, f"docker run --rm --network none {image} nginx -v 2>&1", timeout=300)
    assert "nginx version: nginx/1.22" in said


def test_a_manifest_is_served_under_its_public_path_with_its_checksum(
    nodes: Lab, node: Node, mirror: Mirror
) -> None:
    file = mirror.manifests["flannel"]
    fetched = on(nodes, node, f"curl -sSf {nodes.http}/{file.path}")
    assert hashlib.sha256(fetched.encode()).hexdigest() == file.sha256
    assert file.url == f"https://{file.path}"
