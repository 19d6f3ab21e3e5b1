"""Manifests as objects: read, renamed images, marked with a digest, written again."""

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

#: On every object that nodewright applies; without a dot in it, so that a jsonpath can name it plainly.
DIGEST_ANNOTATION = "nodewright/digest"

Object = dict[str, Any]


@dataclass(frozen=True)
class Applied:
    """A manifest ready to be applied.

    The check that all of it is there is one `kubectl get -f FILE -o jsonpath=…` over DIGEST_ANNOTATION.

    Args:
        text: YAML, every object marked with the digest.
        digest: of all objects, before they were marked.
        count: how many objects there are.
        images: what its pods pull, already mirrored.
        images_everywhere: those of DaemonSets.
    """

    text: str
    digest: str
    count: int
    images: tuple[str, ...]
    images_everywhere: tuple[str, ...]


def verified(content: bytes, manifest: Manifest) -> str:
    """A manifest's text, once its checksum fits.

    Raises:
        ConfigurationError: it does not, or what came is no text.
    """
    found = hashlib.sha256(content).hexdigest()
    if found != manifest.sha256:
        raise ConfigurationError(
            f"{manifest.url} has the SHA-256 checksum {found}, and {manifest.sha256} was expected",
            advice="look at what is served there; if you want it, correct `sha256` in mirrors.manifests",
        )
    return content.decode()


def read_objects(text: str, source: str) -> list[Object]:
    """The objects of a manifest.

    Args:
        source: how messages call it.

    Raises:
        ConfigurationError: it is not YAML, or holds something that is no Kubernetes object.
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
    """The objects with their digest on each of them."""
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
    """A value in which every container's image has its mirrored name."""
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
    """The images of all containers in a value, as they are written."""
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
