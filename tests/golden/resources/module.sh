#!/bin/sh
# module br_netfilter
check() {
[ -d /proc/sys/net/bridge ]
}
show() {
cat /sys/module/br_netfilter/initstate
}
apply() {
if ! modprobe br_netfilter; then
  echo 'this kernel has no module br_netfilter: EL 10 keeps many in the package kernel-modules-extra' >&2
  exit 1
fi
}
check
show
apply
