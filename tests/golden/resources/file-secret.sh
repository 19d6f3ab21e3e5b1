#!/bin/sh
# file /etc/app/key
check() {
[ ! -L /etc/app/key ]
[ -f /etc/app/key ]
[ "$(stat -c %a:%U:%G /etc/app/key)" = 600:root:root ]
[ "$(sha256sum </etc/app/key)" = '82ba9d712d21dc7585dd6a1f29790679985547f009baee10ea2e3edd41ce957d  -' ]
}
show() {
stat -c %A:%U:%G /etc/app/key
sha256sum </etc/app/key
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/app/key/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/app/key/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/app/key/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/app/key
      if [ -L /etc/app/key ]; then
        cp -a /etc/app/key /var/lib/nodewright/before/paths/etc/app/key/.before
      elif [ -e /etc/app/key ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/app/key/.before.new
        cp -a /etc/app/key /var/lib/nodewright/before/paths/etc/app/key/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/app/key/.before.new /var/lib/nodewright/before/paths/etc/app/key/.before
      else
        : >/var/lib/nodewright/before/paths/etc/app/key/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/app/key 2>/dev/null) in
d*)
  echo '/etc/app/key is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/app
temporary=$(mktemp /etc/app/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
s3cret
END
chown root:root "$temporary"
chmod 0600 "$temporary"
if ! mv -fT "$temporary" /etc/app/key; then
  chmod --reference="$temporary" /etc/app/key
  cp --preserve=mode,ownership "$temporary" /etc/app/key
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/app/key
fi
}
check
show
apply
# Afterwards show prints:
# -rw-------:root:root
# 82ba9d712d21dc7585dd6a1f29790679985547f009baee10ea2e3edd41ce957d  -
