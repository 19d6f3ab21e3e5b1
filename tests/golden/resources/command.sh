#!/bin/sh
# app knows its peers
check() {
app peers
}
show() {
app peers
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/app/app.conf/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/app/app.conf/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/app/app.conf/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/app/app.conf
      if [ -L /etc/app/app.conf ]; then
        cp -a /etc/app/app.conf /var/lib/nodewright/before/paths/etc/app/app.conf/.before
      elif [ -e /etc/app/app.conf ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/app/app.conf/.before.new
        cp -a /etc/app/app.conf /var/lib/nodewright/before/paths/etc/app/app.conf/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/app/app.conf/.before.new /var/lib/nodewright/before/paths/etc/app/app.conf/.before
      else
        : >/var/lib/nodewright/before/paths/etc/app/app.conf/.absent
      fi
      umask 022
    fi
  fi
fi
app meet --all
}
check
show
apply
