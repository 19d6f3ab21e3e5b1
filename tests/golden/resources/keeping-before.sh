#!/bin/sh
# file /etc/app/app.conf
check() {
[ ! -L /etc/app/app.conf ]
[ -f /etc/app/app.conf ]
[ "$(stat -c %a:%U:%G /etc/app/app.conf)" = 644:root:root ]
[ "$(sha256sum </etc/app/app.conf)" = 'cb78bd8a17f7b751fe0d4663366dcbc257204033ef7ddd64b1f2969573b5b2e2  -' ]
}
show() {
stat -c %A:%U:%G /etc/app/app.conf
cat /etc/app/app.conf
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
case $(stat -c %A /etc/app/app.conf 2>/dev/null) in
d*)
  echo '/etc/app/app.conf is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/app
temporary=$(mktemp /etc/app/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
a = 1
END
chown root:root "$temporary"
chmod 0644 "$temporary"
if ! mv -fT "$temporary" /etc/app/app.conf; then
  chmod --reference="$temporary" /etc/app/app.conf
  cp --preserve=mode,ownership "$temporary" /etc/app/app.conf
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/app/app.conf
fi
}
check
show
apply
# Afterwards show prints:
# -rw-r--r--:root:root
# a = 1
