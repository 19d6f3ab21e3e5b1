#!/bin/sh
# file /etc/systemd/system/app.service.d/10-proxy.conf
check() {
[ ! -L /etc/systemd/system/app.service.d/10-proxy.conf ]
[ -f /etc/systemd/system/app.service.d/10-proxy.conf ]
[ "$(stat -c %a:%U:%G /etc/systemd/system/app.service.d/10-proxy.conf)" = 644:root:root ]
[ "$(sha256sum </etc/systemd/system/app.service.d/10-proxy.conf)" = '840dadf34dbcd6cd4627fb0b18de11ebce402895d268f625a8e4e38adc5e3b78  -' ]
[ "$(systemctl show --property=NeedDaemonReload app.service)" = NeedDaemonReload=no ]
}
show() {
stat -c %A:%U:%G /etc/systemd/system/app.service.d/10-proxy.conf
cat /etc/systemd/system/app.service.d/10-proxy.conf
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/systemd/system/app.service.d/10-proxy.conf/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/systemd/system/app.service.d/10-proxy.conf/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/systemd/system/app.service.d/10-proxy.conf/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/systemd/system/app.service.d/10-proxy.conf
      if [ -L /etc/systemd/system/app.service.d/10-proxy.conf ]; then
        cp -a /etc/systemd/system/app.service.d/10-proxy.conf /var/lib/nodewright/before/paths/etc/systemd/system/app.service.d/10-proxy.conf/.before
      elif [ -e /etc/systemd/system/app.service.d/10-proxy.conf ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/systemd/system/app.service.d/10-proxy.conf/.before.new
        cp -a /etc/systemd/system/app.service.d/10-proxy.conf /var/lib/nodewright/before/paths/etc/systemd/system/app.service.d/10-proxy.conf/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/systemd/system/app.service.d/10-proxy.conf/.before.new /var/lib/nodewright/before/paths/etc/systemd/system/app.service.d/10-proxy.conf/.before
      else
        : >/var/lib/nodewright/before/paths/etc/systemd/system/app.service.d/10-proxy.conf/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/systemd/system/app.service.d/10-proxy.conf 2>/dev/null) in
d*)
  echo '/etc/systemd/system/app.service.d/10-proxy.conf is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/systemd/system/app.service.d
temporary=$(mktemp /etc/systemd/system/app.service.d/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
[Service]
Environment=HTTPS_PROXY=http://proxy:3128
END
chown root:root "$temporary"
chmod 0644 "$temporary"
if ! mv -fT "$temporary" /etc/systemd/system/app.service.d/10-proxy.conf; then
  chmod --reference="$temporary" /etc/systemd/system/app.service.d/10-proxy.conf
  cp --preserve=mode,ownership "$temporary" /etc/systemd/system/app.service.d/10-proxy.conf
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/systemd/system/app.service.d/10-proxy.conf
fi
systemctl daemon-reload
}
check
show
apply
# Afterwards show prints:
# -rw-r--r--:root:root
# [Service]
# Environment=HTTPS_PROXY=http://proxy:3128
