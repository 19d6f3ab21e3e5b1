"""Makes images straight into a registry's storage: no container program, nothing left behind, the same bytes.

Layers are plain tars, so that a node's pull is a copy. Source: OCI image specification 1.1.
"""

import shutil
import tarfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import BinaryIO

from lab.artifacts import Artifact, Job
from lab.storage import Storage
from lab.versions import DEBIAN, EPOCH

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
SEARCH_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# Part of every key: raise it when the same recipe is to give other bytes.
FORMAT = 1


@dataclass(frozen=True)
class Image:
    """One image: `name` is the public one without its registry, `files` are (path inside, source) pairs."""

    name: str
    tag: str
    files: tuple[tuple[str, str], ...] = ()
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    on_base: bool = False


def registry(name: str, images: Sequence[Image], inputs: Iterable[Artifact]) -> Artifact:
    """Returns the storage of a registry that holds these images. `inputs` are what their files come from."""

    def build(job: Job) -> None:
        for image in images:
            _push(image, Storage(job.out), job)

    return Artifact("images", name, [FORMAT, [asdict(image) for image in images]], build, tuple(inputs))


def _push(image: Image, storage: Storage, job: Job) -> None:
    layers = [storage.link(job.inputs[str(BASE)] / LAYER_FILE)] if image.on_base else []
    if image.files:
        layers.append(storage.write(lambda file: _tar_files(file, image, job)))
    config = storage.write_json(configuration(image, [layer.digest for layer in layers]))
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config.descriptor(CONFIG),
        "layers": [layer.descriptor(LAYER) for layer in layers],
    }
    storage.tag(image.name, image.tag, storage.write_json(manifest), [config, *layers])


def configuration(image: Image, layers: Sequence[str]) -> dict[str, object]:
    """Returns the image's configuration by the OCI specification; `layers` are digests of unpacked layers."""
    created = datetime.fromtimestamp(EPOCH, UTC).isoformat()
    wishes = {
        "Env": [SEARCH_PATH],
        "Entrypoint": list(image.entrypoint),
        "Cmd": list(image.command),
        "ExposedPorts": {port: {} for port in image.ports},
    }
    return {
        "created": created,
        "architecture": "amd64",
        "os": "linux",
        "config": {name: wish for name, wish in wishes.items() if wish},
        "rootfs": {"type": "layers", "diff_ids": list(layers)},
        "history": [{"created": created, "created_by": "nodewright lab"} for _ in layers],
    }


def _tar_files(file: BinaryIO, image: Image, job: Job) -> None:
    with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as tar:
        folders = {str(parent) for path, _ in image.files for parent in PurePosixPath(path).parents}
        for folder in sorted(folders - {"/"}):
            info = tarfile.TarInfo(folder.lstrip("/"))
            info.type, info.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(_normal(info))
        for path, source in image.files:
            info = tar.gettarinfo(job.file(source), path.lstrip("/"))
            info.mode = 0o755
            with job.file(source).open("rb") as content:
                tar.addfile(_normal(info), content)


def _normal(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without what differs from one machine and one day to the next."""
    info.mtime = EPOCH
    info.uname = info.gname = ""
    return info


# What kube-proxy, flannel and nginx find around them in their own images, and what the smoke test runs.
BASE_PACKAGES = (
    *("busybox", "ca-certificates", "conntrack", "curl", "iproute2", "ipset", "iptables", "kmod"),
    *("nftables", "nginx"),
)
UNREAD = (
    *("usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale"),
    *("var/lib/apt/lists", "var/cache/apt", "var/cache/debconf", "var/log/apt", "dev"),
)
LINKS = {
    "usr/local/bin/nslookup": "/bin/busybox",
    "var/log/nginx/access.log": "/dev/stdout",
    "var/log/nginx/error.log": "/dev/stderr",
}
LAYER_FILE = "layer.tar"


def _base(job: Job) -> None:
    root = job.out / "root"
    job.run("debootstrap", "--variant=minbase", f"--include={','.join(BASE_PACKAGES)}", DEBIAN, root)
    for folder in UNREAD:
        shutil.rmtree(root / folder)
        (root / folder).mkdir()
    for log in (root / "var/log").glob("*log"):
        log.unlink()
    for path, target in LINKS.items():
        (root / path).unlink(missing_ok=True)
        (root / path).symlink_to(target)
    with tarfile.open(job.out / LAYER_FILE, "w", format=tarfile.GNU_FORMAT) as tar:
        for file in sorted(root.rglob("*")):
            tar.add(file, str(file.relative_to(root)), recursive=False, filter=_normal)
    shutil.rmtree(root)


BASE = Artifact("images", "base", [FORMAT, DEBIAN, BASE_PACKAGES, UNREAD, LINKS], _base)
