"""Makes a node a plain machine again: runs kubeadm's reset and removes everything that it leaves behind.

kubeadm's documentation says that it leaves CNI's configuration, packet filter rules and kubeconfigs to the user:
kubernetes.io, "kubeadm reset".
"""

from __future__ import annotations

from collections.abc import Iterator

from kube.facts.membership import TRACES
from kube.paths import (
    CNI_CONFIGURATION,
    CNI_STATE,
    CONTAINERD,
    ETCD,
    FLANNEL,
    KUBELET,
    KUBELET_MANAGERS_STAMP,
    KUBELET_STAMP,
    KUBERNETES,
    MEMBERSHIP_FILE,
    REGISTRY_LOGINS,
    RESOLV_CONF,
)
from nodewright.paths import CONFIGURATION, MODULES
from nodewright.resources import absent, command, restored, stopped
from nodewright.script.shell import quote, sh
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.control_plane.kubeconfig import no_kubeconfig
from roles.host.network_manager import network_manager_as_it_was
from roles.parts.kubeadm import reset_command

#: flannel, the bridge plugin and kube-proxy make these, and nobody takes them away.
INTERFACES = ("cni0", "flannel.1", "kube-ipvs0")
#: kubeadm and flannel leave these. podman keeps networks of its own beside CNI's, so only these are removed.
TREES = (CNI_CONFIGURATION, KUBERNETES, FLANNEL, ETCD, *CNI_STATE)
#: kube-proxy and flannel make these where they use nftables.
TABLES = ("kube-proxy", "flannel-ipv4", "flannel-ipv6")
_CHAINS = quote("KUBE-|CNI-|FLANNEL-")


@role
def reset(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps of a reset; the last one removes the membership file.

    So a host whose reset died half way is still known as this cluster's.
    """
    yield _kubeadm_reset(ctx)
    yield stopped("kubelet")
    yield _kubelet_folder_empty()
    for tree in TREES:
        yield absent(tree, tree=True)
    for interface in INTERFACES:
        yield command(
            f"no interface {interface}",
            f"ip link delete {interface}",
            check=f"[ ! -e /sys/class/net/{interface} ]",
        )
    yield from _packet_filters()
    yield _no_tables()
    yield from no_kubeconfig(ctx)
    yield restored(REGISTRY_LOGINS, name="no logins of registries of ours")
    yield _no_logins_of_containerd()
    yield from _nothing_of_the_site(ctx)
    yield absent(KUBELET_STAMP, name="no memory of kubelet's settings")
    yield absent(KUBELET_MANAGERS_STAMP, name="no memory of the settings of kubelet's managers")
    yield absent(CONFIGURATION, tree=True, name=f"no member of a cluster any more ({MEMBERSHIP_FILE})")


def _nothing_of_the_site(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that undo what the inventory gave the host beside Kubernetes.

    The packages stay, as others may need them by now.
    """
    for module in ctx.settings.cluster.kernel_modules:
        yield restored(f"{MODULES}/{module}.conf", name=f"module {module} at boot as it was before")
    if ctx.settings.cluster.resolver is not None:
        yield restored(RESOLV_CONF, name="no name servers of ours")
        yield from network_manager_as_it_was()


def _no_logins_of_containerd() -> Step:
    """Returns the step that takes the logins out of containerd's configuration, which stays with the package."""
    found = r"registry\.configs\..*\.auth\]$"
    return command(
        "no logins of registries in containerd's configuration",
        f"sed -i '/{found}/,/^ *$/d' {CONTAINERD}",
        check=f"if grep -qs '{found}' {CONTAINERD}; then\n  exit 1\nfi",
    )


def _kubeadm_reset(ctx: NodeContext) -> Step:
    traces = [path for path in TRACES if path.startswith((KUBERNETES, ETCD))]
    return command(
        "kubeadm reset",
        # The traces are removed even where kubeadm is not installed any more.
        sh(
            """
            if command -v kubeadm >/dev/null; then
              @reset
            fi
            rm -rf @traces
            """,
            reset=reset_command(ctx),
            traces=" ".join(traces),
        ),
        check="\n".join(f"[ ! -e {path} ]" for path in traces),
        timeout=600,
    )


def _kubelet_folder_empty() -> Step:
    """Returns the step that empties the kubelet's folder.

    The folder stays, since it may be a mount point. The deepest mounts are unmounted first.
    """
    return command(
        f"nothing left in {KUBELET}",
        sh(
            """
            sort -r -k 2,2 /proc/mounts >"$nw_tmp/mounts"
            while read -r _ place _; do
              case "$place" in
              @kubelet/*) umount -l "$place" ;;
              esac
            done <"$nw_tmp/mounts"
            find @kubelet -xdev -mindepth 1 -delete
            """,
            kubelet=KUBELET,
        ),
        check=sh(
            """
            if [ -d @kubelet ]; then
              [ -z "$(ls -A @kubelet)" ]
            fi
            """,
            kubelet=KUBELET,
        ),
    )


def _packet_filters() -> Iterator[Step]:
    for tool in ("iptables", "ip6tables"):
        yield command(
            f"no rules of the cluster in {tool}",
            sh(
                """
                @tool-save >"$nw_tmp/rules"
                grep -vE @chains "$nw_tmp/rules" >"$nw_tmp/kept"
                @tool-restore <"$nw_tmp/kept"
                """,
                tool=tool,
                chains=_CHAINS,
            ),
            check=sh(
                """
                if command -v @tool-save >/dev/null; then
                  @tool-save >"$nw_tmp/rules"
                  if grep -qE @chains "$nw_tmp/rules"; then
                    exit 1
                  fi
                fi
                """,
                tool=tool,
                chains=_CHAINS,
            ),
        )


def _no_tables() -> Step:
    find_ours = sh(
        """
        nft list tables >"$nw_tmp/tables"
        sed -nE '/ (@names)$/p' "$nw_tmp/tables" >"$nw_tmp/ours"
        """,
        names="|".join(TABLES),
    )
    return command(
        "no tables of the cluster in nftables",
        sh(
            """
            @find_ours
            while read -r _ family name; do
              nft delete table "$family" "$name"
            done <"$nw_tmp/ours"
            """,
            find_ours=find_ours,
        ),
        check=sh(
            """
            if command -v nft >/dev/null; then
              @find_ours
              [ ! -s "$nw_tmp/ours" ]
            fi
            """,
            find_ours=find_ours,
        ),
        show="nft list tables",
    )
