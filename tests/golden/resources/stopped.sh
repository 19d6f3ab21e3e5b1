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
