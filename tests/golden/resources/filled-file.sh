#!/bin/sh
# file /run/app/join
check() {
expected=$(sha256sum <<END
token: ${join_token:?}
END
)
[ ! -L /run/app/join ]
[ -f /run/app/join ]
[ "$(stat -c %a:%U:%G /run/app/join)" = 600:root:root ]
[ "$(sha256sum </run/app/join)" = "$expected" ]
}
show() {
stat -c %A:%U:%G /run/app/join
sha256sum </run/app/join
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/run/app/join/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/run/app/join/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/run/app/join/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/run/app/join
      if [ -L /run/app/join ]; then
        cp -a /run/app/join /var/lib/nodewright/before/paths/run/app/join/.before
      elif [ -e /run/app/join ]; then
        rm -rf /var/lib/nodewright/before/paths/run/app/join/.before.new
        cp -a /run/app/join /var/lib/nodewright/before/paths/run/app/join/.before.new
        mv -fT /var/lib/nodewright/before/paths/run/app/join/.before.new /var/lib/nodewright/before/paths/run/app/join/.before
      else
        : >/var/lib/nodewright/before/paths/run/app/join/.absent
      fi
      umask 022
    fi
  fi
fi
umask 077
case $(stat -c %A /run/app/join 2>/dev/null) in
d*)
  echo '/run/app/join is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /run/app
temporary=$(mktemp /run/app/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<END
token: ${join_token:?}
END
chown root:root "$temporary"
chmod 0600 "$temporary"
if ! mv -fT "$temporary" /run/app/join; then
  chmod --reference="$temporary" /run/app/join
  cp --preserve=mode,ownership "$temporary" /run/app/join
fi
if selinuxenabled 2>/dev/null; then
  restorecon /run/app/join
fi
}
check
show
apply
