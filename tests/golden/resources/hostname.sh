#!/bin/sh
# host name node-1
check() {
[ "$(uname -n)" = node-1 ]
[ "$(cat /etc/hostname)" = node-1 ]
}
show() {
uname -n
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/hostname/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/hostname/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/hostname/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/hostname
      if [ -L /etc/hostname ]; then
        cp -a /etc/hostname /var/lib/nodewright/before/paths/etc/hostname/.before
      elif [ -e /etc/hostname ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/hostname/.before.new
        cp -a /etc/hostname /var/lib/nodewright/before/paths/etc/hostname/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/hostname/.before.new /var/lib/nodewright/before/paths/etc/hostname/.before
      else
        : >/var/lib/nodewright/before/paths/etc/hostname/.absent
      fi
      umask 022
    fi
  fi
fi
hostnamectl set-hostname node-1
}
check
show
apply
# Afterwards show prints:
# node-1
