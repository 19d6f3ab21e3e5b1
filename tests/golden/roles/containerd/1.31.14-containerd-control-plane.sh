#!/bin/sh
# containerd on 1.31.14-containerd-control-plane, 1.31.14-containerd-worker

# ---- no other mirrors of registries (at most 300 s)
check() {
if [ -d /etc/containerd/certs.d ]; then
  find /etc/containerd/certs.d -name hosts.toml  -exec grep -qxF '# Of nodewright: from mirrors in its inventory.' {} ';' -print >"$nw_tmp/registries"
  [ ! -s "$nw_tmp/registries" ]
fi
}
show() {
find /etc/containerd/certs.d -name hosts.toml
}
apply() {
find /etc/containerd/certs.d -name hosts.toml  -exec grep -qxF '# Of nodewright: from mirrors in its inventory.' {} ';' -print >"$nw_tmp/registries"
while read -r file; do
  rm -f "$file"
done <"$nw_tmp/registries"
}

# ---- file /etc/containerd/config.toml (at most 300 s)
check() {
[ ! -L /etc/containerd/config.toml ]
[ -f /etc/containerd/config.toml ]
[ "$(stat -c %a:%U:%G /etc/containerd/config.toml)" = 644:root:root ]
[ "$(sha256sum </etc/containerd/config.toml)" = '180d50952ba531f60ad290afd060b95faa3e28bed3309f15fd3b10f119fd6003  -' ]
}
show() {
stat -c %A:%U:%G /etc/containerd/config.toml
cat /etc/containerd/config.toml
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/containerd/config.toml/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/containerd/config.toml/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/containerd/config.toml/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/containerd/config.toml
      if [ -L /etc/containerd/config.toml ]; then
        cp -a /etc/containerd/config.toml /var/lib/nodewright/before/paths/etc/containerd/config.toml/.before
      elif [ -e /etc/containerd/config.toml ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/containerd/config.toml/.before.new
        cp -a /etc/containerd/config.toml /var/lib/nodewright/before/paths/etc/containerd/config.toml/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/containerd/config.toml/.before.new /var/lib/nodewright/before/paths/etc/containerd/config.toml/.before
      else
        : >/var/lib/nodewright/before/paths/etc/containerd/config.toml/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/containerd/config.toml 2>/dev/null) in
d*)
  echo '/etc/containerd/config.toml is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/containerd
temporary=$(mktemp /etc/containerd/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
# Whole and ours: the package's own file disables CRI (disabled_plugins = ["cri"]).
version = 2

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "registry.k8s.io/pause:3.10"

[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "/etc/containerd/certs.d"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
    SystemdCgroup = true
END
chown root:root "$temporary"
chmod 0644 "$temporary"
if ! mv -fT "$temporary" /etc/containerd/config.toml; then
  chmod --reference="$temporary" /etc/containerd/config.toml
  cp --preserve=mode,ownership "$temporary" /etc/containerd/config.toml
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/containerd/config.toml
fi
}

# ---- no proxy of ours for containerd.service (at most 300 s)
check() {
[ ! -L /etc/systemd/system/containerd.service.d/nodewright-proxy.conf ]
[ ! -e /etc/systemd/system/containerd.service.d/nodewright-proxy.conf ]
}
show() {
stat -c '%A %n' /etc/systemd/system/containerd.service.d/nodewright-proxy.conf
}
apply() {
rm -df /etc/systemd/system/containerd.service.d/nodewright-proxy.conf
}

# ---- service containerd.service (at most 300 s; due after: file /etc/containerd/config.toml; due after: no proxy of ours for containerd.service)
check() {
[ "$(systemctl is-enabled containerd.service)" = enabled ]
systemctl is-active --quiet containerd.service
[ "$(systemctl show --property=NeedDaemonReload containerd.service)" = NeedDaemonReload=no ]
files=$(sha256sum /etc/containerd/config.toml)
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
files=$(sha256sum /etc/containerd/config.toml)
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
