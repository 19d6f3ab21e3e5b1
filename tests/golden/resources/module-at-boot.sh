#!/bin/sh
# module br_netfilter at boot
check() {
[ ! -L /etc/modules-load.d/br_netfilter.conf ]
[ -f /etc/modules-load.d/br_netfilter.conf ]
[ "$(stat -c %a:%U:%G /etc/modules-load.d/br_netfilter.conf)" = 644:root:root ]
[ "$(sha256sum </etc/modules-load.d/br_netfilter.conf)" = '3bfff2585066e0a9f96bbde61be25b49a06762530ee2fbb570958556fffe428a  -' ]
}
show() {
stat -c %A:%U:%G /etc/modules-load.d/br_netfilter.conf
cat /etc/modules-load.d/br_netfilter.conf
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/modules-load.d/br_netfilter.conf/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/modules-load.d/br_netfilter.conf/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/modules-load.d/br_netfilter.conf/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/modules-load.d/br_netfilter.conf
      if [ -L /etc/modules-load.d/br_netfilter.conf ]; then
        cp -a /etc/modules-load.d/br_netfilter.conf /var/lib/nodewright/before/paths/etc/modules-load.d/br_netfilter.conf/.before
      elif [ -e /etc/modules-load.d/br_netfilter.conf ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/modules-load.d/br_netfilter.conf/.before.new
        cp -a /etc/modules-load.d/br_netfilter.conf /var/lib/nodewright/before/paths/etc/modules-load.d/br_netfilter.conf/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/modules-load.d/br_netfilter.conf/.before.new /var/lib/nodewright/before/paths/etc/modules-load.d/br_netfilter.conf/.before
      else
        : >/var/lib/nodewright/before/paths/etc/modules-load.d/br_netfilter.conf/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/modules-load.d/br_netfilter.conf 2>/dev/null) in
d*)
  echo '/etc/modules-load.d/br_netfilter.conf is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/modules-load.d
temporary=$(mktemp /etc/modules-load.d/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
br_netfilter
END
chown root:root "$temporary"
chmod 0644 "$temporary"
if ! mv -fT "$temporary" /etc/modules-load.d/br_netfilter.conf; then
  chmod --reference="$temporary" /etc/modules-load.d/br_netfilter.conf
  cp --preserve=mode,ownership "$temporary" /etc/modules-load.d/br_netfilter.conf
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/modules-load.d/br_netfilter.conf
fi
}
check
show
apply
# Afterwards show prints:
# -rw-r--r--:root:root
# br_netfilter
