#!/bin/sh
# /etc/app/app.conf as it was before
check() {
[ ! -e /var/lib/nodewright/before/paths/etc/app/app.conf/.absent ]
[ ! -L /var/lib/nodewright/before/paths/etc/app/app.conf/.before ]
[ ! -e /var/lib/nodewright/before/paths/etc/app/app.conf/.before ]
}
show() {
cat /var/lib/nodewright/before/paths/etc/app/app.conf/.before
}
apply() {
if [ -e /var/lib/nodewright/before/paths/etc/app/app.conf/.absent ]; then
  rm -rf --one-file-system /etc/app/app.conf
  rm -f /var/lib/nodewright/before/paths/etc/app/app.conf/.absent
else
  mkdir -p /etc/app
  temporary=$(mktemp -d /etc/app/.nodewright.XXXXXX)
  trap 'rm -rf "$temporary"' EXIT
  cp -a /var/lib/nodewright/before/paths/etc/app/app.conf/.before "$temporary/before"
  if [ -d /etc/app/app.conf ]; then
    rm -rf --one-file-system /etc/app/app.conf
  fi
  if ! mv -fT "$temporary/before" /etc/app/app.conf; then
    cp --preserve=mode,ownership "$temporary/before" /etc/app/app.conf
  fi
  rm -rf /var/lib/nodewright/before/paths/etc/app/app.conf/.before
fi
}
check
show
apply
