#!/bin/sh
# service app.service
check() {
[ "$(systemctl is-enabled app.service)" = enabled ]
systemctl is-active --quiet app.service
[ "$(systemctl show --property=NeedDaemonReload app.service)" = NeedDaemonReload=no ]
files=$(sha256sum /etc/app/app.conf)
if ! versions=$(rpm -q app); then
  echo "$versions" >&2
  exit 1
fi
[ "$(cat /var/lib/nodewright/stamps/app.service)" = "$files$versions" ]
}
show() {
systemctl show --property=LoadState --property=ActiveState --property=UnitFileState app.service
}
apply() {
if [ ! -e /var/lib/nodewright/before/units/app.service ]; then
  umask 077
  mkdir -p /var/lib/nodewright/before/units
  set +e
  enabled=$(systemctl is-enabled app.service)
  active=$(systemctl is-active app.service)
  set -e
  echo "$enabled $active" >/var/lib/nodewright/before/units/app.service.new
  mv -fT /var/lib/nodewright/before/units/app.service.new /var/lib/nodewright/before/units/app.service
  umask 022
fi
if [ "$(systemctl is-enabled app.service)" = masked ]; then
  systemctl unmask app.service
fi
if ! [ "$(systemctl show --property=NeedDaemonReload app.service)" = NeedDaemonReload=no ]; then
  systemctl daemon-reload
fi
systemctl enable --no-reload app.service
files=$(sha256sum /etc/app/app.conf)
if ! versions=$(rpm -q app); then
  echo "$versions" >&2
  exit 1
fi
if ! systemctl restart app.service; then
  journalctl --no-pager --lines=30 --unit=app.service
  exit 1
fi
umask 077
mkdir -p /var/lib/nodewright/stamps
printf '%s\n' "$files$versions" >/var/lib/nodewright/stamps/app.service.new
mv -fT /var/lib/nodewright/stamps/app.service.new /var/lib/nodewright/stamps/app.service
}
check
show
apply
