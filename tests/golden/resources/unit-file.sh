#!/bin/sh
# file /etc/systemd/system/app.service
check() {
[ ! -L /etc/systemd/system/app.service ]
[ -f /etc/systemd/system/app.service ]
[ "$(stat -c %a:%U:%G /etc/systemd/system/app.service)" = 644:root:root ]
[ "$(sha256sum </etc/systemd/system/app.service)" = '44d0e9dda1306ae2d2b3250bbba88f7fbc060ff8519c4c27abd8c888d6c6d28b  -' ]
[ "$(systemctl show --property=NeedDaemonReload app.service)" = NeedDaemonReload=no ]
}
show() {
stat -c %A:%U:%G /etc/systemd/system/app.service
cat /etc/systemd/system/app.service
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/systemd/system/app.service/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/systemd/system/app.service/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/systemd/system/app.service/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/systemd/system/app.service
      if [ -L /etc/systemd/system/app.service ]; then
        cp -a /etc/systemd/system/app.service /var/lib/nodewright/before/paths/etc/systemd/system/app.service/.before
      elif [ -e /etc/systemd/system/app.service ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/systemd/system/app.service/.before.new
        cp -a /etc/systemd/system/app.service /var/lib/nodewright/before/paths/etc/systemd/system/app.service/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/systemd/system/app.service/.before.new /var/lib/nodewright/before/paths/etc/systemd/system/app.service/.before
      else
        : >/var/lib/nodewright/before/paths/etc/systemd/system/app.service/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/systemd/system/app.service 2>/dev/null) in
d*)
  echo '/etc/systemd/system/app.service is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/systemd/system
temporary=$(mktemp /etc/systemd/system/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
[Service]
ExecStart=/usr/local/bin/app
END
chown root:root "$temporary"
chmod 0644 "$temporary"
if ! mv -fT "$temporary" /etc/systemd/system/app.service; then
  chmod --reference="$temporary" /etc/systemd/system/app.service
  cp --preserve=mode,ownership "$temporary" /etc/systemd/system/app.service
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/systemd/system/app.service
fi
systemctl daemon-reload
}
check
show
apply
# Afterwards show prints:
# -rw-r--r--:root:root
# [Service]
# ExecStart=/usr/local/bin/app
