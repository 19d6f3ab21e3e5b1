#!/bin/sh
# registry_logins on 1.34.2-docker-control-plane, 1.34.2-docker-worker, 1.13.3-docker-control-plane, 1.13.3-docker-worker, 1.20.15-docker-control-plane, 1.20.15-docker-worker, 1.24.17-docker-control-plane, 1.24.17-docker-worker, 1.31.14-containerd-control-plane, 1.31.14-containerd-worker, 1.34.2-containerd-mirrored-control-plane, 1.34.2-containerd-mirrored-worker, 1.34.2-docker-mirrored-control-plane, 1.34.2-docker-mirrored-worker, 1.36.1-everything-control-plane, 1.36.1-everything-worker, single-node-control-plane, selinux-disabled-control-plane, selinux-disabled-worker, selinux-enforcing-control-plane, selinux-enforcing-worker, selinux-enforcing-at-last-control-plane, selinux-enforcing-at-last-worker

# ---- no logins of registries of ours (at most 300 s)
check() {
[ ! -e /var/lib/nodewright/before/paths/.docker/config.json/.absent ]
[ ! -L /var/lib/nodewright/before/paths/.docker/config.json/.before ]
[ ! -e /var/lib/nodewright/before/paths/.docker/config.json/.before ]
}
show() {
cat /var/lib/nodewright/before/paths/.docker/config.json/.before
}
apply() {
if [ -e /var/lib/nodewright/before/paths/.docker/config.json/.absent ]; then
  rm -rf --one-file-system /.docker/config.json
  rm -f /var/lib/nodewright/before/paths/.docker/config.json/.absent
else
  mkdir -p /.docker
  temporary=$(mktemp -d /.docker/.nodewright.XXXXXX)
  trap 'rm -rf "$temporary"' EXIT
  cp -a /var/lib/nodewright/before/paths/.docker/config.json/.before "$temporary/before"
  if [ -d /.docker/config.json ]; then
    rm -rf --one-file-system /.docker/config.json
  fi
  if ! mv -fT "$temporary/before" /.docker/config.json; then
    cp --preserve=mode,ownership "$temporary/before" /.docker/config.json
  fi
  rm -rf /var/lib/nodewright/before/paths/.docker/config.json/.before
fi
}
