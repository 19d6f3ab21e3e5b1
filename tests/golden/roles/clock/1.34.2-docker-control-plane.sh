#!/bin/sh
# clock on 1.34.2-docker-control-plane, 1.34.2-docker-worker, 1.20.15-docker-control-plane, 1.20.15-docker-worker, 1.24.17-docker-control-plane, 1.24.17-docker-worker, 1.31.14-containerd-control-plane, 1.31.14-containerd-worker, 1.34.2-containerd-mirrored-control-plane, 1.34.2-containerd-mirrored-worker, 1.34.2-docker-mirrored-control-plane, 1.34.2-docker-mirrored-worker, single-node-control-plane, selinux-disabled-control-plane, selinux-disabled-worker, selinux-enforcing-control-plane, selinux-enforcing-worker, selinux-enforcing-at-last-control-plane, selinux-enforcing-at-last-worker

# ---- service chronyd.service (at most 300 s)
check() {
[ "$(systemctl is-enabled chronyd.service)" = enabled ]
systemctl is-active --quiet chronyd.service
[ "$(systemctl show --property=NeedDaemonReload chronyd.service)" = NeedDaemonReload=no ]
}
show() {
systemctl show --property=LoadState --property=ActiveState --property=UnitFileState chronyd.service
}
apply() {
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
