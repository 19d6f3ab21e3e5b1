#!/bin/sh
# firewalld.service stopped
check() {
case "$(systemctl is-enabled firewalld.service)" in
enabled*) exit 1 ;;
esac
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
case "$(systemctl is-enabled firewalld.service)" in
enabled*) systemctl disable firewalld.service ;;
esac
case "$(systemctl is-active firewalld.service)" in
active) systemctl stop firewalld.service ;;
activating) systemctl stop firewalld.service ;;
reloading) systemctl stop firewalld.service ;;
deactivating) systemctl stop firewalld.service ;;
esac
}
check
show
apply
