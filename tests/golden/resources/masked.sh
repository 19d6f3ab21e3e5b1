#!/bin/sh
# dev-disk-by\x2duuid-5.swap masked
check() {
[ "$(systemctl is-enabled 'dev-disk-by\x2duuid-5.swap')" = masked ]
case "$(systemctl is-active 'dev-disk-by\x2duuid-5.swap')" in
active) exit 1 ;;
activating) exit 1 ;;
reloading) exit 1 ;;
deactivating) exit 1 ;;
esac
}
show() {
systemctl show --property=LoadState --property=ActiveState --property=UnitFileState 'dev-disk-by\x2duuid-5.swap'
}
apply() {
if [ ! -e '/var/lib/nodewright/before/units/dev-disk-by\x2duuid-5.swap' ]; then
  umask 077
  mkdir -p /var/lib/nodewright/before/units
  set +e
  enabled=$(systemctl is-enabled 'dev-disk-by\x2duuid-5.swap')
  active=$(systemctl is-active 'dev-disk-by\x2duuid-5.swap')
  set -e
  echo "$enabled $active" >'/var/lib/nodewright/before/units/dev-disk-by\x2duuid-5.swap'.new
  mv -fT '/var/lib/nodewright/before/units/dev-disk-by\x2duuid-5.swap'.new '/var/lib/nodewright/before/units/dev-disk-by\x2duuid-5.swap'
  umask 022
fi
case "$(systemctl is-active 'dev-disk-by\x2duuid-5.swap')" in
active) systemctl stop 'dev-disk-by\x2duuid-5.swap' ;;
activating) systemctl stop 'dev-disk-by\x2duuid-5.swap' ;;
reloading) systemctl stop 'dev-disk-by\x2duuid-5.swap' ;;
deactivating) systemctl stop 'dev-disk-by\x2duuid-5.swap' ;;
esac
systemctl mask 'dev-disk-by\x2duuid-5.swap'
}
check
show
apply
