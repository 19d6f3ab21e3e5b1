#!/bin/sh
# /opt/a/bin/app from https://example.org/a.tgz
check() {
[ ! -L /opt/a/bin/app ]
[ -f /opt/a/bin/app ]
[ "$(stat -c %a:%U:%G /opt/a/bin/app)" = 755:root:root ]
total=$(sha256sum </opt/a/bin/app)
[ "$(cat /opt/a/bin/app.origin)" = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef $total" ]
}
show() {
stat -c %A:%U:%G /opt/a/bin/app
cat /opt/a/bin/app.origin
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/opt/a/bin/app/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/opt/a/bin/app/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/opt/a/bin/app/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/opt/a/bin/app
      if [ -L /opt/a/bin/app ]; then
        cp -a /opt/a/bin/app /var/lib/nodewright/before/paths/opt/a/bin/app/.before
      elif [ -e /opt/a/bin/app ]; then
        rm -rf /var/lib/nodewright/before/paths/opt/a/bin/app/.before.new
        cp -a /opt/a/bin/app /var/lib/nodewright/before/paths/opt/a/bin/app/.before.new
        mv -fT /var/lib/nodewright/before/paths/opt/a/bin/app/.before.new /var/lib/nodewright/before/paths/opt/a/bin/app/.before
      else
        : >/var/lib/nodewright/before/paths/opt/a/bin/app/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /opt/a/bin/app 2>/dev/null) in
d*)
  echo '/opt/a/bin/app is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /opt/a/bin
temporary=$(mktemp /opt/a/bin/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
curl --fail --location --silent --show-error --globoff --retry 3 --connect-timeout 20 --output "$temporary" https://example.org/a.tgz
found=$(sha256sum <"$temporary")
if [ "$found" != '5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef  -' ]; then
  echo 'what https://example.org/a.tgz gave has not the checksum 5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef, but:' "$found" >&2
  exit 1
fi
file=$(mktemp /opt/a/bin/.nodewright.XXXXXX)
trap 'rm -f "$temporary" "$file"' EXIT
tar -xzOf "$temporary" a/app >"$file"
mv -fT "$file" "$temporary"
total=$(sha256sum <"$temporary")
chown root:root "$temporary"
chmod 0755 "$temporary"
if ! mv -fT "$temporary" /opt/a/bin/app; then
  chmod --reference="$temporary" /opt/a/bin/app
  cp --preserve=mode,ownership "$temporary" /opt/a/bin/app
fi
if selinuxenabled 2>/dev/null; then
  restorecon /opt/a/bin/app
fi
echo "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef $total" >/opt/a/bin/app.origin
}
check
show
apply
