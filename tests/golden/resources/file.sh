#!/bin/sh
# file /etc/sudoers.d/app
check() {
[ ! -L /etc/sudoers.d/app ]
[ -f /etc/sudoers.d/app ]
[ "$(stat -c %a:%U:%G /etc/sudoers.d/app)" = 440:root:root ]
[ "$(sha256sum </etc/sudoers.d/app)" = '77063ce8513056573592b717abe944d8add75bb29e416e704b3b239b7bce2de8  -' ]
}
show() {
stat -c %A:%U:%G /etc/sudoers.d/app
cat /etc/sudoers.d/app
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/sudoers.d/app/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/sudoers.d/app/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/sudoers.d/app/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/sudoers.d/app
      if [ -L /etc/sudoers.d/app ]; then
        cp -a /etc/sudoers.d/app /var/lib/nodewright/before/paths/etc/sudoers.d/app/.before
      elif [ -e /etc/sudoers.d/app ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/sudoers.d/app/.before.new
        cp -a /etc/sudoers.d/app /var/lib/nodewright/before/paths/etc/sudoers.d/app/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/sudoers.d/app/.before.new /var/lib/nodewright/before/paths/etc/sudoers.d/app/.before
      else
        : >/var/lib/nodewright/before/paths/etc/sudoers.d/app/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/sudoers.d/app 2>/dev/null) in
d*)
  echo '/etc/sudoers.d/app is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/sudoers.d
temporary=$(mktemp /etc/sudoers.d/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
app ALL=(ALL) ALL
END
visudo -cf "$temporary"
chown root:root "$temporary"
chmod 0440 "$temporary"
if ! mv -fT "$temporary" /etc/sudoers.d/app; then
  chmod --reference="$temporary" /etc/sudoers.d/app
  cp --preserve=mode,ownership "$temporary" /etc/sudoers.d/app
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/sudoers.d/app
fi
}
check
show
apply
# Afterwards show prints:
# -r--r-----:root:root
# app ALL=(ALL) ALL
