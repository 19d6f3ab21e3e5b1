"""Holds public mirrors that an inventory names by one word: `mirrors: aliyun`.

The mirrors could not be reached from where this was written. Each URL is one that public sources name; they were
looked up on 2026-11-25.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from nodewright.inventory import Finding

LOOKED_UP = "2026-11-25"
#: The newest minor whose repository, by the sources, all these mirrors have; that repository has the renewed key.
_KEY_OF = "v1.35"


@dataclass(frozen=True, kw_only=True)
class Ready:
    """Holds one site's settings.

    Args:
        site: the name of who runs the mirrors.
        settings: the settings under `mirrors`.
        sources: the sources of the URLs, and what they say.
    """

    site: str
    settings: Mapping[str, Any]
    sources: tuple[str, ...]


def _packages(kubernetes: str, docker: str) -> Mapping[str, Any]:
    return {
        "kubernetes": {
            "url": f"{kubernetes}/v{{minor}}/rpm/",
            "key": f"{kubernetes}/{_KEY_OF}/rpm/repodata/repomd.xml.key",
        },
        "docker": {
            "url": f"{docker}/linux/{{system}}/$basearch/stable/",
            "key": f"{docker}/linux/centos/gpg",
        },
    }


_DAOCLOUD = {
    "registry.k8s.io": "k8s.m.daocloud.io",
    "docker.io": "docker.m.daocloud.io",
    "ghcr.io": "ghcr.m.daocloud.io",
    "quay.io": "quay.m.daocloud.io",
}
_DAOCLOUDS_SOURCE = (
    "images: the README of DaoCloud/public-image-mirror, and kubespray's docs/operations/mirror.md"
)

READY: Mapping[str, Ready] = {
    "aliyun": Ready(
        site="Alibaba Cloud; images beside Kubernetes' own from DaoCloud",
        settings={
            "packages": _packages(
                "https://mirrors.aliyun.com/kubernetes-new/core/stable",
                "https://mirrors.aliyun.com/docker-ce",
            ),
            "images": {
                **_DAOCLOUD,
                "registry.k8s.io": {"prefix": "registry.aliyuncs.com/google_containers", "flat": True},
            },
        },
        sources=(
            "packages: developer.aliyun.com/mirror/kubernetes and developer.aliyun.com/mirror/docker-ce",
            "registry.aliyuncs.com/google_containers is flat: lists of `kubeadm config images list` up to 1.34.4",
            _DAOCLOUDS_SOURCE,
        ),
    ),
    "ustc": Ready(
        site="University of Science and Technology of China; images from DaoCloud",
        settings={
            "packages": _packages(
                "https://mirrors.ustc.edu.cn/kubernetes/core:/stable:",
                "https://mirrors.ustc.edu.cn/docker-ce",
            ),
            "images": _DAOCLOUD,
        },
        sources=(
            "packages: mirrors.ustc.edu.cn/help/kubernetes.html and mirrors.ustc.edu.cn/help/docker-ce.html",
            _DAOCLOUDS_SOURCE,
        ),
    ),
    "tuna": Ready(
        site="Tsinghua University; images from DaoCloud",
        settings={
            "packages": _packages(
                "https://mirrors.tuna.tsinghua.edu.cn/kubernetes/core:/stable:",
                "https://mirrors.tuna.tsinghua.edu.cn/docker-ce",
            ),
            "images": _DAOCLOUD,
        },
        sources=(
            "packages: mirrors.tuna.tsinghua.edu.cn/help/kubernetes and mirrors.tuna.tsinghua.edu.cn/help/docker-ce",
            _DAOCLOUDS_SOURCE,
        ),
    ),
    "daocloud": Ready(
        site="DaoCloud, images alone; packages from the public places",
        settings={"images": _DAOCLOUD},
        sources=(_DAOCLOUDS_SOURCE,),
    ),
}


def ready_settings(value: object) -> object:
    """Returns the settings that a word under `mirrors` stands for; returns anything else unchanged.

    Raises:
        Finding: the word is unknown.
    """
    if not isinstance(value, str):
        return value
    if value not in READY:
        raise Finding(
            f"there are no ready mirrors `{value}`",
            advice=f"known: {', '.join(READY)}; `invoke inventory.mirrors NAME` prints what each stands for",
        )
    return READY[value].settings


def ready_text(name: str) -> str:
    """Returns one site's settings as YAML, to be read, or pasted into an inventory and edited."""
    ready = READY[name]
    head = [
        f"# {name}: {ready.site}.",
        f"# Looked up on {LOOKED_UP}:",
        *(f"# - {one}" for one in ready.sources),
    ]
    plain = _plain({"mirrors": ready.settings})
    return "\n".join([*head, yaml.safe_dump(plain, sort_keys=False, default_flow_style=False, width=1000)])


def ready_page() -> str:
    """Returns the page of docs that shows all ready mirrors."""
    head = f"""\
# Ready mirrors

`mirrors: NAME` stands for the settings below. To change some of them, print them with `invoke inventory.mirrors NAME`
and put that into the inventory instead of the name. Nobody of this project has run against these mirrors: they cannot
be reached from where it is developed. The URLs are from public sources, looked up on {LOOKED_UP}. A mirror sees what
you fetch, and images have no signature: use one only if you trust it.

The manifests of flannel and MetalLB still come from GitHub, fetched by the machine that runs nodewright; where it
cannot, name URLs of your own in `mirrors.manifests`. cri-dockerd, which Docker needs, still comes from GitHub to the
hosts.
"""
    parts = (f"## {name}\n\n```yaml\n{ready_text(name)}```\n" for name in READY)
    return "\n".join([head, *parts])


def _plain(value: Any) -> Any:
    """Returns a copy that shares no objects, which YAML would write as aliases."""
    return {key: _plain(inner) for key, inner in value.items()} if isinstance(value, Mapping) else value
