#!/bin/sh
# docker on 1.34.2-docker-control-plane, 1.34.2-docker-worker, single-node-control-plane, selinux-disabled-control-plane, selinux-disabled-worker, selinux-enforcing-control-plane, selinux-enforcing-worker, selinux-enforcing-at-last-control-plane, selinux-enforcing-at-last-worker

# ---- group docker (at most 300 s)
check() {
getent group docker
}
show() {
getent group docker
}
apply() {
if getent group docker; then
  groupmod docker
else
  groupadd --system docker
fi
}

# ---- file /etc/docker/daemon.json (at most 300 s)
check() {
[ ! -L /etc/docker/daemon.json ]
[ -f /etc/docker/daemon.json ]
[ "$(stat -c %a:%U:%G /etc/docker/daemon.json)" = 644:root:root ]
[ "$(sha256sum </etc/docker/daemon.json)" = '3f3456b9e396f7f1342272ac3600fff1caf43ce0d26265277c81649a550761b8  -' ]
}
show() {
stat -c %A:%U:%G /etc/docker/daemon.json
cat /etc/docker/daemon.json
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/docker/daemon.json/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/docker/daemon.json/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/docker/daemon.json/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/docker/daemon.json
      if [ -L /etc/docker/daemon.json ]; then
        cp -a /etc/docker/daemon.json /var/lib/nodewright/before/paths/etc/docker/daemon.json/.before
      elif [ -e /etc/docker/daemon.json ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/docker/daemon.json/.before.new
        cp -a /etc/docker/daemon.json /var/lib/nodewright/before/paths/etc/docker/daemon.json/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/docker/daemon.json/.before.new /var/lib/nodewright/before/paths/etc/docker/daemon.json/.before
      else
        : >/var/lib/nodewright/before/paths/etc/docker/daemon.json/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/docker/daemon.json 2>/dev/null) in
d*)
  echo '/etc/docker/daemon.json is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/docker
temporary=$(mktemp /etc/docker/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
{
  "exec-opts": [
    "native.cgroupdriver=systemd"
  ],
  "log-driver": "json-file",
  "log-opts": {
    "max-size": "50m",
    "max-file": "5"
  },
  "storage-driver": "overlay2"
}
END
chown root:root "$temporary"
chmod 0644 "$temporary"
if ! mv -fT "$temporary" /etc/docker/daemon.json; then
  chmod --reference="$temporary" /etc/docker/daemon.json
  cp --preserve=mode,ownership "$temporary" /etc/docker/daemon.json
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/docker/daemon.json
fi
}

# ---- no proxy of ours for docker.service (at most 300 s)
check() {
[ ! -L /etc/systemd/system/docker.service.d/nodewright-proxy.conf ]
[ ! -e /etc/systemd/system/docker.service.d/nodewright-proxy.conf ]
}
show() {
stat -c '%A %n' /etc/systemd/system/docker.service.d/nodewright-proxy.conf
}
apply() {
rm -df /etc/systemd/system/docker.service.d/nodewright-proxy.conf
}

# ---- service containerd.service (at most 300 s)
check() {
[ "$(systemctl is-enabled containerd.service)" = enabled ]
systemctl is-active --quiet containerd.service
[ "$(systemctl show --property=NeedDaemonReload containerd.service)" = NeedDaemonReload=no ]
files=
if ! versions=$(rpm -q containerd.io); then
  echo "$versions" >&2
  exit 1
fi
[ "$(cat /var/lib/nodewright/stamps/containerd.service)" = "$files$versions" ]
}
show() {
systemctl show --property=LoadState --property=ActiveState --property=UnitFileState containerd.service
}
apply() {
if [ ! -e /var/lib/nodewright/before/units/containerd.service ]; then
  umask 077
  mkdir -p /var/lib/nodewright/before/units
  set +e
  enabled=$(systemctl is-enabled containerd.service)
  active=$(systemctl is-active containerd.service)
  set -e
  echo "$enabled $active" >/var/lib/nodewright/before/units/containerd.service.new
  mv -fT /var/lib/nodewright/before/units/containerd.service.new /var/lib/nodewright/before/units/containerd.service
  umask 022
fi
if [ "$(systemctl is-enabled containerd.service)" = masked ]; then
  systemctl unmask containerd.service
fi
if ! [ "$(systemctl show --property=NeedDaemonReload containerd.service)" = NeedDaemonReload=no ]; then
  systemctl daemon-reload
fi
systemctl enable --no-reload containerd.service
files=
if ! versions=$(rpm -q containerd.io); then
  echo "$versions" >&2
  exit 1
fi
if ! systemctl restart containerd.service; then
  journalctl --no-pager --lines=30 --unit=containerd.service
  exit 1
fi
umask 077
mkdir -p /var/lib/nodewright/stamps
printf '%s\n' "$files$versions" >/var/lib/nodewright/stamps/containerd.service.new
mv -fT /var/lib/nodewright/stamps/containerd.service.new /var/lib/nodewright/stamps/containerd.service
}

# ---- service docker.service (at most 300 s; due after: file /etc/docker/daemon.json; due after: no proxy of ours for docker.service)
check() {
[ "$(systemctl is-enabled docker.service)" = enabled ]
systemctl is-active --quiet docker.service
[ "$(systemctl show --property=NeedDaemonReload docker.service)" = NeedDaemonReload=no ]
files=$(sha256sum /etc/docker/daemon.json)
if ! versions=$(rpm -q docker-ce containerd.io); then
  echo "$versions" >&2
  exit 1
fi
[ "$(cat /var/lib/nodewright/stamps/docker.service)" = "$files$versions" ]
}
show() {
systemctl show --property=LoadState --property=ActiveState --property=UnitFileState docker.service
}
apply() {
if [ ! -e /var/lib/nodewright/before/units/docker.service ]; then
  umask 077
  mkdir -p /var/lib/nodewright/before/units
  set +e
  enabled=$(systemctl is-enabled docker.service)
  active=$(systemctl is-active docker.service)
  set -e
  echo "$enabled $active" >/var/lib/nodewright/before/units/docker.service.new
  mv -fT /var/lib/nodewright/before/units/docker.service.new /var/lib/nodewright/before/units/docker.service
  umask 022
fi
if [ "$(systemctl is-enabled docker.service)" = masked ]; then
  systemctl unmask docker.service
fi
if ! [ "$(systemctl show --property=NeedDaemonReload docker.service)" = NeedDaemonReload=no ]; then
  systemctl daemon-reload
fi
systemctl enable --no-reload docker.service
files=$(sha256sum /etc/docker/daemon.json)
if ! versions=$(rpm -q docker-ce containerd.io); then
  echo "$versions" >&2
  exit 1
fi
if ! systemctl restart docker.service; then
  journalctl --no-pager --lines=30 --unit=docker.service
  exit 1
fi
umask 077
mkdir -p /var/lib/nodewright/stamps
printf '%s\n' "$files$versions" >/var/lib/nodewright/stamps/docker.service.new
mv -fT /var/lib/nodewright/stamps/docker.service.new /var/lib/nodewright/stamps/docker.service
}

# ---- file /etc/systemd/system/cri-docker.service.d/nodewright.conf (at most 300 s)
check() {
[ ! -L /etc/systemd/system/cri-docker.service.d/nodewright.conf ]
[ -f /etc/systemd/system/cri-docker.service.d/nodewright.conf ]
[ "$(stat -c %a:%U:%G /etc/systemd/system/cri-docker.service.d/nodewright.conf)" = 644:root:root ]
[ "$(sha256sum </etc/systemd/system/cri-docker.service.d/nodewright.conf)" = '46f7630ec471fb5aaf0543cd25a4a1a4c14db3a740159381f5d9ae74ee76fa8b  -' ]
[ "$(systemctl show --property=NeedDaemonReload cri-docker.service)" = NeedDaemonReload=no ]
}
show() {
stat -c %A:%U:%G /etc/systemd/system/cri-docker.service.d/nodewright.conf
cat /etc/systemd/system/cri-docker.service.d/nodewright.conf
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.service.d/nodewright.conf/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.service.d/nodewright.conf/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.service.d/nodewright.conf/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.service.d/nodewright.conf
      if [ -L /etc/systemd/system/cri-docker.service.d/nodewright.conf ]; then
        cp -a /etc/systemd/system/cri-docker.service.d/nodewright.conf /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.service.d/nodewright.conf/.before
      elif [ -e /etc/systemd/system/cri-docker.service.d/nodewright.conf ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.service.d/nodewright.conf/.before.new
        cp -a /etc/systemd/system/cri-docker.service.d/nodewright.conf /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.service.d/nodewright.conf/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.service.d/nodewright.conf/.before.new /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.service.d/nodewright.conf/.before
      else
        : >/var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.service.d/nodewright.conf/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/systemd/system/cri-docker.service.d/nodewright.conf 2>/dev/null) in
d*)
  echo '/etc/systemd/system/cri-docker.service.d/nodewright.conf is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/systemd/system/cri-docker.service.d
temporary=$(mktemp /etc/systemd/system/cri-docker.service.d/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
[Service]
ExecStart=
ExecStart=/usr/bin/cri-dockerd --container-runtime-endpoint fd:// --network-plugin=cni --pod-infra-container-image=registry.k8s.io/pause:3.10.1
END
chown root:root "$temporary"
chmod 0644 "$temporary"
if ! mv -fT "$temporary" /etc/systemd/system/cri-docker.service.d/nodewright.conf; then
  chmod --reference="$temporary" /etc/systemd/system/cri-docker.service.d/nodewright.conf
  cp --preserve=mode,ownership "$temporary" /etc/systemd/system/cri-docker.service.d/nodewright.conf
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/systemd/system/cri-docker.service.d/nodewright.conf
fi
systemctl daemon-reload
}

# ---- service cri-docker.socket (at most 300 s)
check() {
[ "$(systemctl is-enabled cri-docker.socket)" = enabled ]
systemctl is-active --quiet cri-docker.socket
[ "$(systemctl show --property=NeedDaemonReload cri-docker.socket)" = NeedDaemonReload=no ]
}
show() {
systemctl show --property=LoadState --property=ActiveState --property=UnitFileState cri-docker.socket
}
apply() {
if [ ! -e /var/lib/nodewright/before/units/cri-docker.socket ]; then
  umask 077
  mkdir -p /var/lib/nodewright/before/units
  set +e
  enabled=$(systemctl is-enabled cri-docker.socket)
  active=$(systemctl is-active cri-docker.socket)
  set -e
  echo "$enabled $active" >/var/lib/nodewright/before/units/cri-docker.socket.new
  mv -fT /var/lib/nodewright/before/units/cri-docker.socket.new /var/lib/nodewright/before/units/cri-docker.socket
  umask 022
fi
if [ "$(systemctl is-enabled cri-docker.socket)" = masked ]; then
  systemctl unmask cri-docker.socket
fi
if ! [ "$(systemctl show --property=NeedDaemonReload cri-docker.socket)" = NeedDaemonReload=no ]; then
  systemctl daemon-reload
fi
systemctl enable --no-reload cri-docker.socket
if ! systemctl restart cri-docker.socket; then
  journalctl --no-pager --lines=30 --unit=cri-docker.socket
  exit 1
fi
}

# ---- service cri-docker.service (at most 300 s; due after: file /etc/systemd/system/cri-docker.service.d/nodewright.conf)
check() {
[ "$(systemctl is-enabled cri-docker.service)" = enabled ]
systemctl is-active --quiet cri-docker.service
[ "$(systemctl show --property=NeedDaemonReload cri-docker.service)" = NeedDaemonReload=no ]
files=$(sha256sum /etc/systemd/system/cri-docker.service.d/nodewright.conf)
if ! versions=$(rpm -q cri-dockerd); then
  echo "$versions" >&2
  exit 1
fi
[ "$(cat /var/lib/nodewright/stamps/cri-docker.service)" = "$files$versions" ]
}
show() {
systemctl show --property=LoadState --property=ActiveState --property=UnitFileState cri-docker.service
}
apply() {
if [ ! -e /var/lib/nodewright/before/units/cri-docker.service ]; then
  umask 077
  mkdir -p /var/lib/nodewright/before/units
  set +e
  enabled=$(systemctl is-enabled cri-docker.service)
  active=$(systemctl is-active cri-docker.service)
  set -e
  echo "$enabled $active" >/var/lib/nodewright/before/units/cri-docker.service.new
  mv -fT /var/lib/nodewright/before/units/cri-docker.service.new /var/lib/nodewright/before/units/cri-docker.service
  umask 022
fi
if [ "$(systemctl is-enabled cri-docker.service)" = masked ]; then
  systemctl unmask cri-docker.service
fi
if ! [ "$(systemctl show --property=NeedDaemonReload cri-docker.service)" = NeedDaemonReload=no ]; then
  systemctl daemon-reload
fi
systemctl enable --no-reload cri-docker.service
files=$(sha256sum /etc/systemd/system/cri-docker.service.d/nodewright.conf)
if ! versions=$(rpm -q cri-dockerd); then
  echo "$versions" >&2
  exit 1
fi
if ! systemctl restart cri-docker.service; then
  journalctl --no-pager --lines=30 --unit=cri-docker.service
  exit 1
fi
umask 077
mkdir -p /var/lib/nodewright/stamps
printf '%s\n' "$files$versions" >/var/lib/nodewright/stamps/cri-docker.service.new
mv -fT /var/lib/nodewright/stamps/cri-docker.service.new /var/lib/nodewright/stamps/cri-docker.service
}
