"""A node is a plain machine again: kubeadm's own reset, and everything that stays behind after it.

kubeadm says itself that it leaves CNI's configuration, packet filter rules and kubeconfigs to the user:
kubernetes.io, "kubeadm reset".
"""

from __future__ import annotations

from collections.abc import Iterator

from kube.membership import MEMBERSHIP_FILE, TRACES
from nodewright.resources import absent, command, packages_absent, stopped
from nodewright.resources.shell import script
from nodewright.role import role
from nodewright.step import Step
from roles import NodeContext
from roles.kubeadm import reset_command
from roles.kubeconfig import no_kubeconfig
from roles.repositories import KUBERNETES_PACKAGES, RUNTIME_PACKAGES, manager

#: What flannel, the bridge plugin and kube-proxy make and nobody takes away.
INTERFACES = ("cni0", "flannel.1", "kube-ipvs0")
#: Ours, and what kubeadm leaves of its own; of kubelet's folder only what is in it, as it may be a mount point.
FOLDERS = ("/etc/cni/net.d", "/etc/kubernetes", "/run/flannel", "/var/lib/cni", "/var/lib/etcd")
_CHAINS = "KUBE-|CNI-|FLANNEL-"


@role
def reset(ctx: NodeContext) -> Iterator[Step]:
    """The membership file goes last: a reset that dies half way is still known as this cluster's."""
    yield _kubeadm_reset(ctx)
    yield stopped("kubelet")
    yield _kubelet_folder_empty()
    for folder in FOLDERS:
        yield absent(folder, tree=True)
    for interface in INTERFACES:
        yield command(
            f"no interface {interface}",
            f"ip link delete {interface}",
            check=f"[ ! -e /sys/class/net/{interface} ]",
        )
    yield from _packet_filters()
    yield from no_kubeconfig(ctx)
    yield absent("/var/lib/nodewright/kubelet-settings", name="no memory of kubelet's settings")
    yield absent("/etc/nodewright", tree=True, name=f"no member of a cluster any more ({MEMBERSHIP_FILE})")


@role
def software_removed(ctx: NodeContext) -> Iterator[Step]:
    """The packages and repositories that provision brought; what they had stored stays."""
    yield packages_absent(
        [*KUBERNETES_PACKAGES, *RUNTIME_PACKAGES], manager=manager(ctx), name="no packages of ours"
    )
    for label in ("kubernetes", "docker", "cri-dockerd"):
        yield absent(f"/etc/yum.repos.d/nodewright-{label}.repo")
    yield absent("/var/lib/nodewright/stamps", tree=True, name="no memory of restarts")


def _kubeadm_reset(ctx: NodeContext) -> Step:
    traces = [path for path in TRACES if path.startswith(("/etc/kubernetes", "/var/lib/etcd"))]
    return command(
        "kubeadm reset",
        script(
            "if command -v kubeadm >/dev/null; then",
            f"  {reset_command(ctx)}",
            "fi",
            # Also where kubeadm is not installed any more.
            f"rm -rf {' '.join(traces)}",
        ),
        check=script(*(f"[ ! -e {path} ]" for path in traces)),
        timeout=600,
    )


def _kubelet_folder_empty() -> Step:
    return command(
        "nothing left in /var/lib/kubelet",
        script(
            "while read -r _ place _; do",
            '  case "$place" in',
            '  /var/lib/kubelet/*) umount -l "$place" ;;',
            "  esac",
            "done </proc/mounts",
            "find /var/lib/kubelet -xdev -mindepth 1 -delete",
        ),
        check=script("if [ -d /var/lib/kubelet ]; then", '  [ -z "$(ls -A /var/lib/kubelet)" ]', "fi"),
    )


def _packet_filters() -> Iterator[Step]:
    for tool in ("iptables", "ip6tables"):
        yield command(
            f"no rules of the cluster in {tool}",
            script(
                f'{tool}-save >"$nw_tmp/rules"',
                f'grep -vE "{_CHAINS}" "$nw_tmp/rules" >"$nw_tmp/kept"',
                f'{tool}-restore <"$nw_tmp/kept"',
            ),
            check=script(
                f"if command -v {tool}-save >/dev/null; then",
                f'  {tool}-save >"$nw_tmp/rules"',
                f'  if grep -qE "{_CHAINS}" "$nw_tmp/rules"; then',
                "    exit 1",
                "  fi",
                "fi",
            ),
        )
