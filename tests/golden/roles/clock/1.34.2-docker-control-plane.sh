#!/bin/sh
# clock on 1.34.2-docker-control-plane, 1.34.2-docker-worker, 1.20.15-docker-control-plane, 1.20.15-docker-worker, 1.24.17-docker-control-plane, 1.24.17-docker-worker, 1.31.14-containerd-control-plane, 1.31.14-containerd-worker, 1.34.2-containerd-mirrored-control-plane, 1.34.2-containerd-mirrored-worker, 1.34.2-docker-mirrored-control-plane, 1.34.2-docker-mirrored-worker, 1.36.1-site-control-plane, 1.36.1-site-worker, single-node-control-plane, selinux-disabled-control-plane, selinux-disabled-worker, selinux-enforcing-control-plane, selinux-enforcing-worker, selinux-enforcing-at-last-control-plane, selinux-enforcing-at-last-worker

# ---- no time servers of ours (at most 300 s)
check() {
[ ! -e /var/lib/nodewright/before/paths/etc/chrony.conf/.absent ]
[ ! -L /var/lib/nodewright/before/paths/etc/chrony.conf/.before ]
[ ! -e /var/lib/nodewright/before/paths/etc/chrony.conf/.before ]
}
show() {
cat /var/lib/nodewright/before/paths/etc/chrony.conf/.before
}
apply() {
if [ -e /var/lib/nodewright/before/paths/etc/chrony.conf/.absent ]; then
  rm -rf --one-file-system /etc/chrony.conf
  rm -f /var/lib/nodewright/before/paths/etc/chrony.conf/.absent
else
  mkdir -p /etc
  temporary=$(mktemp -d /etc/.nodewright.XXXXXX)
  trap 'rm -rf "$temporary"' EXIT
  cp -a /var/lib/nodewright/before/paths/etc/chrony.conf/.before "$temporary/before"
  if [ -d /etc/chrony.conf ]; then
    rm -rf --one-file-system /etc/chrony.conf
  fi
  if ! mv -fT "$temporary/before" /etc/chrony.conf; then
    cp --preserve=mode,ownership "$temporary/before" /etc/chrony.conf
  fi
  rm -rf /var/lib/nodewright/before/paths/etc/chrony.conf/.before
fi
}

# ---- service chronyd.service (at most 300 s; due after: no time servers of ours)
check() {
[ "$(systemctl is-enabled chronyd.service)" = enabled ]
systemctl is-active --quiet chronyd.service
[ "$(systemctl show --property=NeedDaemonReload chronyd.service)" = NeedDaemonReload=no ]
}
show() {
systemctl show --property=LoadState --property=ActiveState --property=UnitFileState chronyd.service
}
apply() {
if [ ! -e /var/lib/nodewright/before/units/chronyd.service ]; then
  umask 077
  mkdir -p /var/lib/nodewright/before/units
  set +e
  enabled=$(systemctl is-enabled chronyd.service)
  active=$(systemctl is-active chronyd.service)
  set -e
  echo "$enabled $active" >/var/lib/nodewright/before/units/chronyd.service.new
  mv -fT /var/lib/nodewright/before/units/chronyd.service.new /var/lib/nodewright/before/units/chronyd.service
  umask 022
fi
if [ "$(systemctl is-enabled chronyd.service)" = masked ]; then
  systemctl unmask chronyd.service
fi
if ! [ "$(systemctl show --property=NeedDaemonReload chronyd.service)" = NeedDaemonReload=no ]; then
  systemctl daemon-reload
fi
systemctl enable --no-reload chronyd.service
if ! systemctl restart chronyd.service; then
  journalctl --no-pager --lines=30 --unit=chronyd.service
  exit 1
fi
}
