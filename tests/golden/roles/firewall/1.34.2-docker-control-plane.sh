#!/bin/sh
# firewall on 1.34.2-docker-control-plane, 1.34.2-docker-worker, 1.13.3-docker-control-plane, 1.13.3-docker-worker, 1.20.15-docker-control-plane, 1.20.15-docker-worker, 1.24.17-docker-control-plane, 1.24.17-docker-worker, 1.31.14-containerd-control-plane, 1.31.14-containerd-worker, 1.34.2-containerd-mirrored-control-plane, 1.34.2-containerd-mirrored-worker, 1.34.2-docker-mirrored-control-plane, 1.34.2-docker-mirrored-worker, 1.36.1-everything-control-plane, 1.36.1-everything-worker, 1.36.1-site-control-plane, 1.36.1-site-worker, single-node-control-plane, selinux-disabled-control-plane, selinux-disabled-worker, selinux-enforcing-control-plane, selinux-enforcing-worker, selinux-enforcing-at-last-control-plane, selinux-enforcing-at-last-worker

# ---- firewalld off (at most 120 s)
check() {
[ "$(systemctl is-enabled firewalld.service)" = masked ]
case "$(systemctl is-active firewalld.service)" in
active) exit 1 ;;
activating) exit 1 ;;
reloading) exit 1 ;;
deactivating) exit 1 ;;
esac
}
show() {
systemctl show --property=LoadState --property=ActiveState --property=UnitFileState firewalld.service
}
apply() {
if [ ! -e /var/lib/nodewright/before/units/firewalld.service ]; then
  umask 077
  mkdir -p /var/lib/nodewright/before/units
  set +e
  enabled=$(systemctl is-enabled firewalld.service)
  active=$(systemctl is-active firewalld.service)
  set -e
  echo "$enabled $active" >/var/lib/nodewright/before/units/firewalld.service.new
  mv -fT /var/lib/nodewright/before/units/firewalld.service.new /var/lib/nodewright/before/units/firewalld.service
  umask 022
fi
case "$(systemctl is-active firewalld.service)" in
active) systemctl stop firewalld.service ;;
activating) systemctl stop firewalld.service ;;
reloading) systemctl stop firewalld.service ;;
deactivating) systemctl stop firewalld.service ;;
esac
systemctl mask firewalld.service
}
