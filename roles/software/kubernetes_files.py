"""Installs kubeadm, kubelet and kubectl as plain files, where a site has a file store and no mirror of packages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kube.paths import CNI_PLUGINS, PACKAGES, STATIC_PODS, SYSTEM_PROGRAMS
from kube.settings.models import KubernetesFiles, PublishedFile
from nodewright.paths import UNITS
from nodewright.resources import absent, command, directory, download, unit_file
from nodewright.script.shell import quote, script
from nodewright.script.step import Step
from roles import NodeContext
from roles.parts.proxy import through_proxy
from roles.parts.templates import render

PROGRAMS = ("kubeadm", "kubelet", "kubectl")
#: flannel's configuration and the runtimes call these: flannel's Documentation, and containerd's and Docker's CNI.
_PLUGINS = ("bridge", "host-local", "loopback", "portmap")
_CNI, _CRICTL = f"{PACKAGES}/cni-plugins.tgz", f"{PACKAGES}/crictl.tar.gz"


def kubernetes_files(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that fetch the files by checksum and write kubelet's unit; none where packages are used."""
    files = ctx.settings.mirrors.packages.kubernetes
    if not isinstance(files, KubernetesFiles):
        return
    yield _no_packages()
    for program in PROGRAMS:
        source: PublishedFile = getattr(files, program)
        path = f"{SYSTEM_PROGRAMS}/{program}"
        fetched = download(source.url, path, sha256=source.sha256, mode="0755", name=f"{program} as a file")
        yield through_proxy(fetched, ctx)
    yield from _archive(
        ctx, "CNI plugins", files.cni_plugins, archive=_CNI, folder=CNI_PLUGINS, programs=_PLUGINS
    )
    if files.crictl is not None:
        yield from _archive(
            ctx, "crictl", files.crictl, archive=_CRICTL, folder=SYSTEM_PROGRAMS, programs=("crictl",)
        )
    # The kubelet looks for static pods in this folder, which otherwise the package makes.
    yield directory(STATIC_PODS, name="folder of static pods")
    yield unit_file("kubelet", render("kubelet.service.j2"), name="unit of kubelet")


def no_kubernetes_files(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that remove these files again."""
    if not isinstance(ctx.settings.mirrors.packages.kubernetes, KubernetesFiles):
        return
    yield absent(f"{UNITS}/kubelet.service", name="no unit of kubelet")
    for program in PROGRAMS:
        yield absent(f"{SYSTEM_PROGRAMS}/{program}")
    for archive, folder in ((_CNI, CNI_PLUGINS), (_CRICTL, SYSTEM_PROGRAMS)):
        yield command(
            f"nothing of {archive} in {folder}",
            script(
                f'tar -tzf {archive} >"$nw_tmp/members"',
                "while read -r member; do",
                '  case "$member" in',
                "  */) ;;",
                f'  *) rm -f {folder}/"$member" ;;',
                "  esac",
                'done <"$nw_tmp/members"',
                f"rm -f {archive} {archive}.unpacked",
            ),
            check=f"[ ! -e {archive} ]",
        )


def _no_packages() -> Step:
    """Returns the step that fails where packages of Kubernetes are installed.

    Package manager and nodewright would undo each other's work on the same file.
    """
    message = (
        "is installed as a package, and the inventory names plain files of Kubernetes: remove the packages "
        "(invoke reset --packages), or name a repository in mirrors.packages.kubernetes"
    )
    return command(
        "no packages of Kubernetes beside its files",
        script(f'echo "$(rpm -q {" ".join(PROGRAMS)})" {quote(message)} >&2', "exit 1"),
        check=script(
            f"for name in {' '.join(PROGRAMS)}; do",
            '  if rpm -q --quiet "$name"; then',
            "    exit 1",
            "  fi",
            "done",
        ),
    )


def _archive(
    ctx: NodeContext,
    name: str,
    source: PublishedFile,
    *,
    archive: str,
    folder: str,
    programs: Sequence[str],
) -> Iterator[Step]:
    """Yields the steps that keep an archive on the host and unpack it whole.

    Args:
        programs: some of the programs that it must hold.
    """
    fetched = download(source.url, archive, sha256=source.sha256, name=f"archive of {name}")
    yield through_proxy(fetched, ctx)
    unpacked = f"{archive}.unpacked"
    yield command(
        name,
        script(
            f"mkdir -p {folder}",
            f"tar -xzf {archive} -C {folder} --no-same-owner",
            f"echo {source.sha256} >{unpacked}",
        ),
        check=script(
            *(f"[ -x {folder}/{program} ]" for program in programs),
            f'[ "$(cat {unpacked})" = {source.sha256} ]',
        ),
        after=(fetched.name,),
    )
