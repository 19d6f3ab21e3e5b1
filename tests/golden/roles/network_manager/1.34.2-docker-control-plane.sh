#!/bin/sh
# network_manager on 1.34.2-docker-control-plane, 1.34.2-docker-worker, 1.13.3-docker-control-plane, 1.13.3-docker-worker, 1.20.15-docker-control-plane, 1.20.15-docker-worker, 1.24.17-docker-control-plane, 1.24.17-docker-worker, 1.34.2-containerd-mirrored-control-plane, 1.34.2-containerd-mirrored-worker, 1.34.2-docker-mirrored-control-plane, 1.34.2-docker-mirrored-worker, 1.36.1-everything-control-plane, 1.36.1-everything-worker, single-node-control-plane, selinux-disabled-control-plane, selinux-disabled-worker, selinux-enforcing-control-plane, selinux-enforcing-worker, selinux-enforcing-at-last-control-plane, selinux-enforcing-at-last-worker

# ---- interfaces that NetworkManager leaves alone (at most 300 s)
check() {
[ ! -L /etc/NetworkManager/conf.d/nodewright.conf ]
[ -f /etc/NetworkManager/conf.d/nodewright.conf ]
[ "$(stat -c %a:%U:%G /etc/NetworkManager/conf.d/nodewright.conf)" = 644:root:root ]
[ "$(sha256sum </etc/NetworkManager/conf.d/nodewright.conf)" = '1ea194f41020c69e3a9836e5252b5636c49bebb6ba64591f4024898ea32d62ad  -' ]
}
show() {
stat -c %A:%U:%G /etc/NetworkManager/conf.d/nodewright.conf
cat /etc/NetworkManager/conf.d/nodewright.conf
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/NetworkManager/conf.d/nodewright.conf/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/NetworkManager/conf.d/nodewright.conf/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/NetworkManager/conf.d/nodewright.conf/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/NetworkManager/conf.d/nodewright.conf
      if [ -L /etc/NetworkManager/conf.d/nodewright.conf ]; then
        cp -a /etc/NetworkManager/conf.d/nodewright.conf /var/lib/nodewright/before/paths/etc/NetworkManager/conf.d/nodewright.conf/.before
      elif [ -e /etc/NetworkManager/conf.d/nodewright.conf ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/NetworkManager/conf.d/nodewright.conf/.before.new
        cp -a /etc/NetworkManager/conf.d/nodewright.conf /var/lib/nodewright/before/paths/etc/NetworkManager/conf.d/nodewright.conf/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/NetworkManager/conf.d/nodewright.conf/.before.new /var/lib/nodewright/before/paths/etc/NetworkManager/conf.d/nodewright.conf/.before
      else
        : >/var/lib/nodewright/before/paths/etc/NetworkManager/conf.d/nodewright.conf/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/NetworkManager/conf.d/nodewright.conf 2>/dev/null) in
d*)
  echo '/etc/NetworkManager/conf.d/nodewright.conf is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/NetworkManager/conf.d
temporary=$(mktemp /etc/NetworkManager/conf.d/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
# It would give these interfaces addresses and routes of its own.
[keyfile]
unmanaged-devices=interface-name:cni0;interface-name:flannel*;interface-name:veth*;interface-name:cali*
END
chown root:root "$temporary"
chmod 0644 "$temporary"
if ! mv -fT "$temporary" /etc/NetworkManager/conf.d/nodewright.conf; then
  chmod --reference="$temporary" /etc/NetworkManager/conf.d/nodewright.conf
  cp --preserve=mode,ownership "$temporary" /etc/NetworkManager/conf.d/nodewright.conf
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/NetworkManager/conf.d/nodewright.conf
fi
}

# ---- NetworkManager has read it (at most 300 s; due after: interfaces that NetworkManager leaves alone)
check() {
[ "$(cat /var/lib/nodewright/stamps/NetworkManager)" = '1ea194f41020c69e3a9836e5252b5636c49bebb6ba64591f4024898ea32d62ad  -' ]
}
apply() {
if systemctl is-active --quiet NetworkManager.service; then
  systemctl reload NetworkManager.service
fi
umask 077
mkdir -p /var/lib/nodewright/stamps
sha256sum </etc/NetworkManager/conf.d/nodewright.conf >/var/lib/nodewright/stamps/NetworkManager.new
mv -fT /var/lib/nodewright/stamps/NetworkManager.new /var/lib/nodewright/stamps/NetworkManager
}

# ---- nm-cloud-setup.timer masked (at most 120 s)
check() {
[ "$(systemctl is-enabled nm-cloud-setup.timer)" = masked ]
case "$(systemctl is-active nm-cloud-setup.timer)" in
active) exit 1 ;;
activating) exit 1 ;;
reloading) exit 1 ;;
deactivating) exit 1 ;;
esac
}
show() {
systemctl show --property=LoadState --property=ActiveState --property=UnitFileState nm-cloud-setup.timer
}
apply() {
if [ ! -e /var/lib/nodewright/before/units/nm-cloud-setup.timer ]; then
  umask 077
  mkdir -p /var/lib/nodewright/before/units
  set +e
  enabled=$(systemctl is-enabled nm-cloud-setup.timer)
  active=$(systemctl is-active nm-cloud-setup.timer)
  set -e
  echo "$enabled $active" >/var/lib/nodewright/before/units/nm-cloud-setup.timer.new
  mv -fT /var/lib/nodewright/before/units/nm-cloud-setup.timer.new /var/lib/nodewright/before/units/nm-cloud-setup.timer
  umask 022
fi
case "$(systemctl is-active nm-cloud-setup.timer)" in
active) systemctl stop nm-cloud-setup.timer ;;
activating) systemctl stop nm-cloud-setup.timer ;;
reloading) systemctl stop nm-cloud-setup.timer ;;
deactivating) systemctl stop nm-cloud-setup.timer ;;
esac
systemctl mask nm-cloud-setup.timer
}

# ---- nm-cloud-setup.service masked (at most 120 s)
check() {
[ "$(systemctl is-enabled nm-cloud-setup.service)" = masked ]
case "$(systemctl is-active nm-cloud-setup.service)" in
active) exit 1 ;;
activating) exit 1 ;;
reloading) exit 1 ;;
deactivating) exit 1 ;;
esac
}
show() {
systemctl show --property=LoadState --property=ActiveState --property=UnitFileState nm-cloud-setup.service
}
apply() {
if [ ! -e /var/lib/nodewright/before/units/nm-cloud-setup.service ]; then
  umask 077
  mkdir -p /var/lib/nodewright/before/units
  set +e
  enabled=$(systemctl is-enabled nm-cloud-setup.service)
  active=$(systemctl is-active nm-cloud-setup.service)
  set -e
  echo "$enabled $active" >/var/lib/nodewright/before/units/nm-cloud-setup.service.new
  mv -fT /var/lib/nodewright/before/units/nm-cloud-setup.service.new /var/lib/nodewright/before/units/nm-cloud-setup.service
  umask 022
fi
case "$(systemctl is-active nm-cloud-setup.service)" in
active) systemctl stop nm-cloud-setup.service ;;
activating) systemctl stop nm-cloud-setup.service ;;
reloading) systemctl stop nm-cloud-setup.service ;;
deactivating) systemctl stop nm-cloud-setup.service ;;
esac
systemctl mask nm-cloud-setup.service
}
