"""What is compiled: one row per folder of `lab/go`, whose go.mod names commands and all versions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lab import versions
from lab.versions import RELEASES, Release

GO = Path(__file__).parent / "go"


@dataclass(frozen=True)
class Component:
    """Commands of one Go module.

    `stamps` are the variables that the linker sets, so that each command says its true version; `files`
    are taken out of the module as they are; `go_language` is for a module that does not say it itself.
    """

    name: str
    module: str
    version: str
    stamps: dict[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    cgo: bool = False
    go_language: str = ""

    @property
    def folder(self) -> Path:
        return GO / self.name


def components(minors: Sequence[str]) -> list[Component]:
    """Returns all that the mirror of these Kubernetes minors needs, the longest compile first."""
    of_releases = [component for minor in minors for component in _of_release(minor, RELEASES[minor])]
    return [*of_releases, *_of_every_cluster()]


def _of_release(minor: str, release: Release) -> list[Component]:
    version = f"v{release.kubernetes}"
    base, client = "k8s.io/component-base/version", "k8s.io/client-go/pkg/version"
    stamps = {
        f"{base}.gitVersion": version,
        f"{base}.gitMajor": "1",
        f"{base}.gitMinor": minor.removeprefix("1."),
        f"{base}.gitTreeState": "clean",
        f"{client}.gitVersion": version,
    }
    return [
        Component(f"kubernetes-{minor}", "k8s.io/kubernetes", release.kubernetes, stamps=stamps),
        Component(f"etcd-for-{minor}", "go.etcd.io/etcd/server/v3", release.etcd),
        Component(f"coredns-for-{minor}", "github.com/coredns/coredns", release.coredns),
    ]


def _of_every_cluster() -> list[Component]:
    plugins = "github.com/containernetworking/plugins"
    plugin_version = f"{plugins}/pkg/utils/buildversion.BuildVersion"
    docker_cli = "github.com/docker/cli"
    return [
        Component(
            "moby",
            "github.com/moby/moby/v2",
            versions.MOBY,
            stamps={
                "github.com/moby/moby/v2/dockerversion.Version": versions.DOCKER,
                "github.com/moby/moby/v2/dockerversion.GitCommit": f"v{versions.MOBY}",
            },
            files=("contrib/init/systemd/docker.service", "contrib/init/systemd/docker.socket"),
        ),
        Component(
            "containerd",
            "github.com/containerd/containerd/v2",
            versions.CONTAINERD,
            stamps={"github.com/containerd/containerd/v2/version.Version": f"v{versions.CONTAINERD}"},
            files=("containerd.service",),
            tags=("no_btrfs", "no_devmapper", "no_zfs"),
        ),
        Component(
            "cri-dockerd",
            "github.com/Mirantis/cri-dockerd",
            versions.CRI_DOCKERD,
            stamps={
                "github.com/Mirantis/cri-dockerd/cmd/version.Version": versions.CRI_DOCKERD,
                "github.com/Mirantis/cri-dockerd/cmd/version.GitCommit": f"v{versions.CRI_DOCKERD}",
            },
            files=("packaging/systemd/cri-docker.service", "packaging/systemd/cri-docker.socket"),
        ),
        Component(
            "metallb",
            "go.universe.tf/metallb",
            versions.METALLB,
            files=("config/manifests/metallb-native.yaml",),
        ),
        # The UDP backend is C.
        Component(
            "flannel",
            "github.com/flannel-io/flannel",
            versions.FLANNEL,
            stamps={"github.com/flannel-io/flannel/pkg/version.Version": f"v{versions.FLANNEL}"},
            files=("Documentation/kube-flannel.yml",),
            cgo=True,
        ),
        # Its module has no go.mod, which to the compiler means the language of Go 1.16.
        Component(
            "docker-cli",
            docker_cli,
            f"{versions.DOCKER}+incompatible",
            stamps={
                f"{docker_cli}/cli/version.Version": versions.DOCKER,
                f"{docker_cli}/cli/version.GitCommit": f"v{versions.DOCKER}",
            },
            go_language="1.25",
        ),
        # seccomp's filter is compiled by libseccomp.
        Component(
            "runc",
            "github.com/opencontainers/runc",
            versions.RUNC,
            tags=("seccomp", "netgo", "osusergo", "urfave_cli_no_docs"),
            cgo=True,
        ),
        Component(
            "cni-plugins",
            plugins,
            versions.CNI_PLUGINS,
            stamps={plugin_version: f"v{versions.CNI_PLUGINS}"},
        ),
        Component(
            "flannel-cni-plugin",
            plugins,
            versions.FLANNEL_CNI_PLUGIN,
            stamps={plugin_version: f"v{versions.FLANNEL_CNI_PLUGIN}"},
        ),
        Component("pause", "lab/pause", ""),
    ]
