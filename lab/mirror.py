"""Everything a kubeadm cluster installs, laid out as the public servers have it: one folder, one registry.

The graph of artifacts: binaries and debs → rpms and images → mirror. Parts are joined by hard links, so that
a mirror takes no room of its own, and what has not changed is not made again.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from lab import host, image_recipes, images, package_recipes, rootfs, storage
from lab.archives import ARCHIVE, archive
from lab.artifacts import Artifact, Job, closure, make, needed
from lab.binaries import binaries
from lab.cache import Cache
from lab.components import components
from lab.debs import debs
from lab.manifests import MANIFESTS, MirrorFile, publish, published
from lab.package_recipes import CRI_DOCKERD
from lab.progress import Progress
from lab.rpms import base_rpm, repository
from lab.signing import KEY, PUBLIC
from lab.versions import CRI_DOCKERD as CRI_DOCKERD_VERSION
from lab.versions import DEFAULT_MINORS, RELEASES

KUBERNETES_PATH = "pkgs.k8s.io/core:/stable:/v{minor}/rpm"
DOCKER_PATH = "download.docker.com/linux/centos/9/x86_64/stable"
DOCKER_KEY_PATH = "download.docker.com/linux/centos/gpg"
CRI_DOCKERD_PATH = "cri-dockerd"
CRI_DOCKERD_URL = (
    f"https://github.com/Mirantis/cri-dockerd/releases/download/v{CRI_DOCKERD_VERSION}/"
    f"cri-dockerd-{CRI_DOCKERD_VERSION}.amd64.tgz"
)


@dataclass(frozen=True)
class Mirror:
    """A whole mirror, and the root file system of the nodes that install from it.

    `www` is the document root of its HTTP server, `registry` the storage of its registry, `key` the public
    half of the key that signed its packages, `kubernetes` the version that a cluster should ask for.
    """

    www: Path
    registry: Path
    rootfs: Path
    key: Path
    kubernetes: str
    manifests: Mapping[str, MirrorFile]
    cri_dockerd: MirrorFile


def build(cache: Cache, minors: Sequence[str] = DEFAULT_MINORS, *, progress: Progress) -> Mirror:
    """Returns the mirror of these Kubernetes minors; what the cache does not hold yet is made. Raises
    LabError.
    """
    goal, node = graph(minors, lambda: host.go_binary(cache), cache.work)
    # The compiler's caches are still there if a build was killed while it removed them.
    if needed(cache, goal, node) or cache.work.exists():
        with cache.alone("mirror"):
            todo = needed(cache, goal, node)
            host.need_disk(cache.root, disk_need(todo), "making the lab's mirror", "XDG_CACHE_HOME")
            if any(artifact.compiles for artifact in todo):
                # Before the first compiles, which would wait for each other's.
                host.go_binary(cache)
            make(cache, todo, progress)
            shutil.rmtree(cache.work, ignore_errors=True)
    paths = make(cache, [goal, node], progress)
    return _read(paths[goal], paths[node], minors)


def drop_stale() -> None:
    """Drop what no recipe asks for any more and no lab uses: a changed version leaves nothing behind."""
    current = {host.GO}
    for count in range(1, len(RELEASES) + 1):
        for minors in combinations(RELEASES, count):
            wanted = closure(*graph(minors, lambda: Path("go"), Path("work")))
            current |= {(artifact.kind, artifact.name, artifact.key) for artifact in wanted}
    with Cache() as cache:
        cache.drop_all_but(current)


def graph(minors: Sequence[str], go: Callable[[], Path], work: Path) -> tuple[Artifact, Artifact]:
    """Returns the mirror of these minors and the nodes' root file system, with all that they are made of."""
    built = {component.name: binaries(component, go, work) for component in components(minors)}

    def of(*names: str) -> list[Artifact]:
        return [built[name] for name in names]

    repositories = {
        KUBERNETES_PATH.format(minor=minor): repository(
            f"kubernetes-{minor}", package_recipes.kubernetes(minor), of(f"kubernetes-{minor}", "cni-plugins")
        )
        for minor in minors
    }
    engine = [*of("moby", "docker-cli", "containerd", "runc"), debs("tini", ["tini"])]
    repositories[DOCKER_PATH] = repository("docker", package_recipes.docker(), engine)
    repositories[CRI_DOCKERD_PATH] = repository("cri-dockerd", [CRI_DOCKERD], of("cri-dockerd"))
    registries = [
        images.registry(
            f"kubernetes-{minor}",
            image_recipes.kubernetes(minor),
            [images.BASE, *of(f"kubernetes-{minor}", f"etcd-for-{minor}", f"coredns-for-{minor}", "pause")],
        )
        for minor in minors
    ]
    addons = of("flannel", "flannel-cni-plugin", "metallb")
    registries.append(images.registry("every-cluster", image_recipes.EVERY_CLUSTER, [images.BASE, *addons]))
    [program] = of("cri-dockerd")
    archived = archive(program, "bin/cri-dockerd", "cri-dockerd/cri-dockerd")
    mirror = _mirror("+".join(minors), repositories, registries, addons, archived)
    return mirror, rootfs.node(base_rpm())


def _mirror(
    name: str,
    repositories: Mapping[str, Artifact],
    registries: Sequence[Artifact],
    with_manifests: Sequence[Artifact],
    archived: Artifact,
) -> Artifact:
    def join(job: Job) -> None:
        www = job.out / "www"
        for path, packages in repositories.items():
            storage.merge(job.inputs[str(packages)], www / path)
        for images_of_one in registries:
            storage.merge(job.inputs[str(images_of_one)], job.out / "registry")
        for manifest in MANIFESTS:
            publish(job.file(manifest.source), manifest.url, www)
        publish(job.inputs[str(archived)] / ARCHIVE, CRI_DOCKERD_URL, www)
        key = job.inputs[str(KEY)] / PUBLIC
        for place in (www / DOCKER_KEY_PATH, job.out / PUBLIC):
            shutil.copyfile(key, place)

    recipe = [
        list(repositories),
        [(manifest.source, manifest.url) for manifest in MANIFESTS],
        CRI_DOCKERD_URL,
    ]
    needs = (*repositories.values(), *registries, *with_manifests, archived, KEY)
    return Artifact("mirror", name, recipe, join, needs)


def _read(root: Path, node: Path, minors: Sequence[str]) -> Mirror:
    www = root / "www"
    return Mirror(
        www=www,
        registry=root / "registry",
        rootfs=node,
        key=root / PUBLIC,
        kubernetes=RELEASES[minors[0]].kubernetes,
        manifests={manifest.name: published(manifest.url, www) for manifest in MANIFESTS},
        cri_dockerd=published(CRI_DOCKERD_URL, www),
    )


# GiB per artifact to make: what compiling leaves in the work folder until the end, what unpacking takes.
# docs/lab.md has what was measured; this is a third more.
DISK = {"binaries": 1.0, "rootfs": 0.5}
DISK_OF_KUBERNETES = 5.0
DISK_OF_OTHERS = 0.1


def disk_need(artifacts: Sequence[Artifact]) -> float:
    """GiB that making these takes at its peak."""
    kubernetes = sum(artifact.name.startswith("kubernetes-") for artifact in artifacts if artifact.compiles)
    rest = sum(DISK.get(artifact.kind, DISK_OF_OTHERS) for artifact in artifacts)
    return rest + kubernetes * DISK_OF_KUBERNETES
