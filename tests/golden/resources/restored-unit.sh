#!/bin/sh
# firewalld.service as it was before
check() {
[ ! -e /var/lib/nodewright/before/units/firewalld.service ]
}
show() {
cat /var/lib/nodewright/before/units/firewalld.service
}
apply() {
read -r enabled active </var/lib/nodewright/before/units/firewalld.service
if [ "$(systemctl is-enabled firewalld.service)" = masked ]; then
  systemctl unmask firewalld.service
fi
if [ "$active" = active ]; then
  systemctl start firewalld.service
elif systemctl is-active --quiet firewalld.service; then
  systemctl stop firewalld.service
fi
case "$enabled" in
enabled) systemctl enable firewalld.service ;;
disabled) systemctl disable firewalld.service ;;
masked) systemctl mask firewalld.service ;;
esac
rm -f /var/lib/nodewright/before/units/firewalld.service
}
check
show
apply
