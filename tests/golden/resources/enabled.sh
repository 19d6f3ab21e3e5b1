#!/bin/sh
# app.service enabled
check() {
[ "$(systemctl is-enabled app.service)" = enabled ]
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
systemctl enable --no-reload app.service
}
check
show
apply
