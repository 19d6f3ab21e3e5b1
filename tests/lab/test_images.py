"""Images and the storage they are written into: the same bytes each time, shared where they are the same."""

import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from lab.artifacts import Artifact, Job
from lab.images import Image, configuration, registry
from lab.storage import Storage, merge

PAUSE = Image(
    "pause", "3.10.1", (("/usr/bin/pause", "binaries/pause/bin/pause"),), entrypoint=("/usr/bin/pause",)
)
BINARIES = Artifact("binaries", "pause", "", lambda job: None)
BLOBS = "docker/registry/v2/blobs/sha256"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write images whose binary has this content and time stamp; returns the storage."""

    def to(name: str, *images: Image, content: str = "binary", mtime: int = 0) -> Path:
        binary = tmp_path / "built" / "bin" / "pause"
        binary.parent.mkdir(parents=True, exist_ok=True)
        binary.write_text(content)
        os.utime(binary, (mtime, mtime))
        out = tmp_path / name
        out.mkdir()
        inputs = {str(BINARIES): tmp_path / "built"}
        registry(name, images, [BINARIES]).build(Job(out, inputs, tmp_path / "log", Event()))
        return out

    return to


def files(root: Path) -> dict[str, bytes]:
    return {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*") if file.is_file()}


def test_the_same_recipe_gives_the_same_bytes(write: Callable[..., Path]) -> None:
    assert files(write("one", PAUSE)) == files(write("two", PAUSE, mtime=1_000_000_000))


def test_another_binary_gives_another_image(write: Callable[..., Path]) -> None:
    tag = "docker/registry/v2/repositories/pause/_manifests/tags/3.10.1/current/link"
    one, two = write("one", PAUSE), write("two", PAUSE, content="changed")
    assert (one / tag).read_text() != (two / tag).read_text()


def test_a_layer_holds_the_binary_executable_and_the_folders_above_it(write: Callable[..., Path]) -> None:
    blobs = [file for file in (write("one", PAUSE) / BLOBS).rglob("data") if tarfile.is_tarfile(file)]
    with tarfile.open(blobs[0]) as tar:
        modes = {member.name: oct(member.mode) for member in tar}
    assert modes == {"usr": "0o755", "usr/bin": "0o755", "usr/bin/pause": "0o755"}


def test_a_configuration_says_only_what_is_wished() -> None:
    config = configuration(Image("a", "1", entrypoint=("/a",)), ["sha256:0"])["config"]
    assert config == {
        "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        "Entrypoint": ["/a"],
    }


def test_a_blob_linked_into_the_storage_takes_no_room(tmp_path: Path) -> None:
    layer = tmp_path / "layer.tar"
    layer.write_text("layer")
    first = Storage(tmp_path / "one").link(layer)
    second = Storage(tmp_path / "two").link(layer)
    assert first == second
    assert layer.stat().st_nlink == 3


def test_merged_storages_serve_the_images_of_both(write: Callable[..., Path], tmp_path: Path) -> None:
    one = write("one", PAUSE)
    two = write("two", Image("other", "1", PAUSE.files))
    merge(one, tmp_path / "both")
    merge(two, tmp_path / "both")
    assert files(tmp_path / "both") == {**files(one), **files(two)}
