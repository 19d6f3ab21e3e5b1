#!/bin/sh
# authorities on 1.34.2-docker-control-plane, 1.34.2-docker-worker, 1.13.3-docker-control-plane, 1.13.3-docker-worker, 1.20.15-docker-control-plane, 1.20.15-docker-worker, 1.24.17-docker-control-plane, 1.24.17-docker-worker, 1.31.14-containerd-control-plane, 1.31.14-containerd-worker, 1.34.2-containerd-mirrored-control-plane, 1.34.2-containerd-mirrored-worker, 1.34.2-docker-mirrored-control-plane, 1.34.2-docker-mirrored-worker, 1.36.1-everything-control-plane, 1.36.1-everything-worker, 1.36.1-site-control-plane, 1.36.1-site-worker, single-node-control-plane, selinux-disabled-control-plane, selinux-disabled-worker, selinux-enforcing-control-plane, selinux-enforcing-worker, selinux-enforcing-at-last-control-plane, selinux-enforcing-at-last-worker

# ---- no authorities of mirrors (at most 300 s)
check() {
[ ! -e /etc/pki/ca-trust/source/anchors/nodewright.pem ]
[ ! -e /var/lib/nodewright/stamps/ca-trust ]
}
show() {
ls /etc/pki/ca-trust/source/anchors/nodewright.pem
}
apply() {
rm -f /etc/pki/ca-trust/source/anchors/nodewright.pem
update-ca-trust extract
rm -f /var/lib/nodewright/stamps/ca-trust
}
