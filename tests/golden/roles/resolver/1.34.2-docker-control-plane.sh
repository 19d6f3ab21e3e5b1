#!/bin/sh
# resolver on 1.34.2-docker-control-plane, 1.34.2-docker-worker, 1.13.3-docker-control-plane, 1.13.3-docker-worker, 1.20.15-docker-control-plane, 1.20.15-docker-worker, 1.24.17-docker-control-plane, 1.24.17-docker-worker, 1.31.14-containerd-control-plane, 1.31.14-containerd-worker, 1.34.2-containerd-mirrored-control-plane, 1.34.2-containerd-mirrored-worker, 1.34.2-docker-mirrored-control-plane, 1.34.2-docker-mirrored-worker, 1.36.1-everything-control-plane, 1.36.1-everything-worker, single-node-control-plane, selinux-disabled-control-plane, selinux-disabled-worker, selinux-enforcing-control-plane, selinux-enforcing-worker, selinux-enforcing-at-last-control-plane, selinux-enforcing-at-last-worker

# ---- no name servers of ours (at most 300 s)
check() {
[ ! -e /var/lib/nodewright/before/paths/etc/resolv.conf/.absent ]
[ ! -L /var/lib/nodewright/before/paths/etc/resolv.conf/.before ]
[ ! -e /var/lib/nodewright/before/paths/etc/resolv.conf/.before ]
}
show() {
cat /var/lib/nodewright/before/paths/etc/resolv.conf/.before
}
apply() {
if [ -e /var/lib/nodewright/before/paths/etc/resolv.conf/.absent ]; then
  rm -rf --one-file-system /etc/resolv.conf
  rm -f /var/lib/nodewright/before/paths/etc/resolv.conf/.absent
else
  mkdir -p /etc
  temporary=$(mktemp -d /etc/.nodewright.XXXXXX)
  trap 'rm -rf "$temporary"' EXIT
  cp -a /var/lib/nodewright/before/paths/etc/resolv.conf/.before "$temporary/before"
  if [ -d /etc/resolv.conf ]; then
    rm -rf --one-file-system /etc/resolv.conf
  fi
  if ! mv -fT "$temporary/before" /etc/resolv.conf; then
    cp --preserve=mode,ownership "$temporary/before" /etc/resolv.conf
  fi
  rm -rf /var/lib/nodewright/before/paths/etc/resolv.conf/.before
fi
}
