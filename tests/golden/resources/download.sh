#!/bin/sh
# download /usr/local/bin/app
check() {
[ ! -L /usr/local/bin/app ]
[ -f /usr/local/bin/app ]
[ "$(stat -c %a:%U:%G /usr/local/bin/app)" = 755:root:root ]
[ "$(sha256sum </usr/local/bin/app)" = '5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef  -' ]
}
show() {
stat -c %A:%U:%G /usr/local/bin/app
sha256sum </usr/local/bin/app
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/usr/local/bin/app/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/usr/local/bin/app/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/usr/local/bin/app/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/usr/local/bin/app
      if [ -L /usr/local/bin/app ]; then
        cp -a /usr/local/bin/app /var/lib/nodewright/before/paths/usr/local/bin/app/.before
      elif [ -e /usr/local/bin/app ]; then
        rm -rf /var/lib/nodewright/before/paths/usr/local/bin/app/.before.new
        cp -a /usr/local/bin/app /var/lib/nodewright/before/paths/usr/local/bin/app/.before.new
        mv -fT /var/lib/nodewright/before/paths/usr/local/bin/app/.before.new /var/lib/nodewright/before/paths/usr/local/bin/app/.before
      else
        : >/var/lib/nodewright/before/paths/usr/local/bin/app/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /usr/local/bin/app 2>/dev/null) in
d*)
  echo '/usr/local/bin/app is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /usr/local/bin
temporary=$(mktemp /usr/local/bin/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
curl --fail --location --silent --show-error --globoff --retry 3 --connect-timeout 20 --output "$temporary" https://example.org/app
found=$(sha256sum <"$temporary")
if [ "$found" != '5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef  -' ]; then
  echo 'what https://example.org/app gave has not the checksum 5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef, but:' "$found" >&2
  exit 1
fi
chown root:root "$temporary"
chmod 0755 "$temporary"
if ! mv -fT "$temporary" /usr/local/bin/app; then
  chmod --reference="$temporary" /usr/local/bin/app
  cp --preserve=mode,ownership "$temporary" /usr/local/bin/app
fi
if selinuxenabled 2>/dev/null; then
  restorecon /usr/local/bin/app
fi
}
check
show
apply
# Afterwards show prints:
# -rwxr-xr-x:root:root
# 5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef  -
