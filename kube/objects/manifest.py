"""Reads manifests as objects, renames their images, marks them with a digest, and writes them again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from kube.objects.go_yaml import read_documents, write_documents
from kube.settings.models import Manifest
from kube.versions.images import Mirrors, mirrored
from nodewright.errors import ConfigurationError

#: Every object that nodewright applies has it. It has no dot, so that a jsonpath can name it without escapes.
DIGEST_ANNOTATION = "nodewright/digest"

Object = dict[str, Any]


@dataclass(frozen=True)
class Applied:
    """Holds a manifest that can be applied.

    One `kubectl get -f FILE -o jsonpath=…` over DIGEST_ANNOTATION checks whether all of it is in the cluster.

    Args:
        text: YAML, every object marked with the digest.
        digest: the digest of all objects before they were marked.
        count: the number of objects.
        images: the images that its pods pull, already mirrored.
        images_everywhere: the images of DaemonSets.
    """

    text: str
    digest: str
    count: int
    images: tuple[str, ...]
    images_everywhere: tuple[str, ...]


def verified(content: bytes, manifest: Manifest) -> str:
    """Returns a manifest's text if its checksum fits.

    Raises:
        ConfigurationError: the checksum does not fit, or the content is not text.
    """
    found = hashlib.sha256(content).hexdigest()
    if found != manifest.sha256:
        raise ConfigurationError(
            f"{manifest.url} has the SHA-256 checksum {found}, and {manifest.sha256} was expected",
            advice="look at what is served there; if you want it, correct `sha256` in mirrors.manifests",
        )
    return content.decode()


def read_objects(text: str, source: str) -> list[Object]:
    """Returns the objects of a manifest.

    Args:
        source: the manifest's name in messages.

    Raises:
        ConfigurationError: it is not YAML, or holds something that is not a Kubernetes object.
    """
    try:
        documents = [document for document in read_documents(text) if document is not None]
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{source} is not YAML", output=str(error)) from None
    for document in documents:
        if not isinstance(document, dict) or not {"apiVersion", "kind", "metadata"} <= document.keys():
            raise ConfigurationError(f"{source} holds something that is no Kubernetes object")
    return documents


def applied(objects: Iterable[Object]) -> Applied:
    """Returns the manifest of these objects, each marked with the digest of all."""
    plain = list(objects)
    digest = hashlib.sha256(write_documents(plain).encode()).hexdigest()
    marked = [_annotated(one, digest) for one in plain]
    return Applied(
        text=write_documents(marked),
        digest=digest,
        count=len(marked),
        images=_once(images_of(marked)),
        images_everywhere=_once(images_of([one for one in marked if one["kind"] == "DaemonSet"])),
    )


def _once(images: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(images))


def with_images(value: Any, mirrors: Mirrors) -> Any:
    """Returns a value in which every container's image has its mirrored name."""
    if isinstance(value, dict):
        return {
            key: [_mirrored_container(container, mirrors) for container in inner]
            if key in {"containers", "initContainers"} and isinstance(inner, list)
            else with_images(inner, mirrors)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [with_images(inner, mirrors) for inner in value]
    return value


def images_of(value: Any) -> Iterator[str]:
    """Yields the images of all containers in a value, as they are written."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in {"containers", "initContainers"} and isinstance(inner, list):
                yield from (one["image"] for one in inner if isinstance(one, dict) and "image" in one)
            else:
                yield from images_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from images_of(inner)


def _mirrored_container(container: Any, mirrors: Mirrors) -> Any:
    if not isinstance(container, dict) or not isinstance(container.get("image"), str):
        return container
    return {**container, "image": mirrored(container["image"], mirrors)}


def _annotated(one: Object, digest: str) -> Object:
    metadata = one["metadata"]
    annotations = {**(metadata.get("annotations") or {}), DIGEST_ANNOTATION: digest}
    return {**one, "metadata": {**metadata, "annotations": annotations}}
