#!/bin/sh
# kernel settings at boot (/etc/sysctl.d/99-zz-nodewright.conf)
check() {
[ ! -L /etc/sysctl.d/99-zz-nodewright.conf ]
[ -f /etc/sysctl.d/99-zz-nodewright.conf ]
[ "$(stat -c %a:%U:%G /etc/sysctl.d/99-zz-nodewright.conf)" = 644:root:root ]
[ "$(sha256sum </etc/sysctl.d/99-zz-nodewright.conf)" = '79561239aefdc32732fcf16b26a622c250687b1be304d361820d61eaa59ec3b8  -' ]
}
show() {
stat -c %A:%U:%G /etc/sysctl.d/99-zz-nodewright.conf
cat /etc/sysctl.d/99-zz-nodewright.conf
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/sysctl.d/99-zz-nodewright.conf/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/sysctl.d/99-zz-nodewright.conf/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/sysctl.d/99-zz-nodewright.conf/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/sysctl.d/99-zz-nodewright.conf
      if [ -L /etc/sysctl.d/99-zz-nodewright.conf ]; then
        cp -a /etc/sysctl.d/99-zz-nodewright.conf /var/lib/nodewright/before/paths/etc/sysctl.d/99-zz-nodewright.conf/.before
      elif [ -e /etc/sysctl.d/99-zz-nodewright.conf ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/sysctl.d/99-zz-nodewright.conf/.before.new
        cp -a /etc/sysctl.d/99-zz-nodewright.conf /var/lib/nodewright/before/paths/etc/sysctl.d/99-zz-nodewright.conf/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/sysctl.d/99-zz-nodewright.conf/.before.new /var/lib/nodewright/before/paths/etc/sysctl.d/99-zz-nodewright.conf/.before
      else
        : >/var/lib/nodewright/before/paths/etc/sysctl.d/99-zz-nodewright.conf/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/sysctl.d/99-zz-nodewright.conf 2>/dev/null) in
d*)
  echo '/etc/sysctl.d/99-zz-nodewright.conf is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/sysctl.d
temporary=$(mktemp /etc/sysctl.d/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
net.ipv4.ip_forward = 1
net.ipv4.ip_local_port_range = 1024 65000
END
chown root:root "$temporary"
chmod 0644 "$temporary"
if ! mv -fT "$temporary" /etc/sysctl.d/99-zz-nodewright.conf; then
  chmod --reference="$temporary" /etc/sysctl.d/99-zz-nodewright.conf
  cp --preserve=mode,ownership "$temporary" /etc/sysctl.d/99-zz-nodewright.conf
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/sysctl.d/99-zz-nodewright.conf
fi
}
check
show
apply
# Afterwards show prints:
# -rw-r--r--:root:root
# net.ipv4.ip_forward = 1
# net.ipv4.ip_local_port_range = 1024 65000
