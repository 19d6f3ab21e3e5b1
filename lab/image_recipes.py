"""What the mirror's registry holds: the images that kubeadm, flannel, MetalLB and the smoke test ask for.

To add an image, add a row. Paths inside are those of the public images wherever a manifest names them.
"""

from lab.images import Image
from lab.versions import FLANNEL, FLANNEL_CNI_PLUGIN_TAG, METALLB, NGINX, RELEASES


def kubernetes(minor: str) -> tuple[Image, ...]:
    """Of registry.k8s.io: what `kubeadm config images list` of this minor says."""
    release = RELEASES[minor]
    built = f"binaries/kubernetes-{minor}/bin"
    etcd = f"binaries/etcd-for-{minor}/bin"

    def part(command: str, *, on_base: bool = False) -> Image:
        path = f"/usr/local/bin/{command}"
        files = ((path, f"{built}/{command}"),)
        return Image(command, f"v{release.kubernetes}", files, entrypoint=(path,), on_base=on_base)

    return (
        part("kube-apiserver"),
        part("kube-controller-manager"),
        part("kube-scheduler"),
        part("kube-proxy", on_base=True),
        Image(
            "etcd",
            release.etcd_tag,
            (
                # Its module's last part is "server", and so Go calls the command.
                ("/usr/local/bin/etcd", f"{etcd}/server"),
                ("/usr/local/bin/etcdctl", f"{etcd}/etcdctl"),
                ("/usr/local/bin/etcdutl", f"{etcd}/etcdutl"),
            ),
            entrypoint=("/usr/local/bin/etcd",),
        ),
        Image(
            "coredns/coredns",
            f"v{release.coredns}",
            (("/coredns", f"binaries/coredns-for-{minor}/bin/coredns"),),
            entrypoint=("/coredns",),
        ),
        Image("pause", release.pause, (("/pause", "binaries/pause/bin/pause"),), entrypoint=("/pause",)),
    )


EVERY_CLUSTER = (
    Image(
        "flannel-io/flannel",
        f"v{FLANNEL}",
        (("/opt/bin/flanneld", "binaries/flannel/bin/flannel"),),
        entrypoint=("/opt/bin/flanneld",),
        on_base=True,
    ),
    Image(
        "flannel-io/flannel-cni-plugin",
        f"v{FLANNEL_CNI_PLUGIN_TAG}",
        (("/flannel", "binaries/flannel-cni-plugin/bin/flannel"),),
        on_base=True,
    ),
    Image(
        "metallb/controller",
        f"v{METALLB}",
        (("/controller", "binaries/metallb/bin/controller"),),
        entrypoint=("/controller",),
    ),
    Image(
        "metallb/speaker",
        f"v{METALLB}",
        (("/speaker", "binaries/metallb/bin/speaker"),),
        entrypoint=("/speaker",),
    ),
    Image("library/nginx", NGINX, command=("nginx", "-g", "daemon off;"), ports=("80/tcp",), on_base=True),
)
