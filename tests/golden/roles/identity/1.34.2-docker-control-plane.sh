#!/bin/sh
# identity on 1.34.2-docker-control-plane, 1.13.3-docker-control-plane, 1.20.15-docker-control-plane, 1.24.17-docker-control-plane, 1.31.14-containerd-control-plane, 1.34.2-containerd-mirrored-control-plane, 1.34.2-docker-mirrored-control-plane, 1.36.1-everything-control-plane, selinux-disabled-control-plane, selinux-enforcing-control-plane, selinux-enforcing-at-last-control-plane

# ---- host name node1 (at most 300 s)
check() {
[ "$(uname -n)" = node1 ]
[ "$(cat /etc/hostname)" = node1 ]
}
show() {
uname -n
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/hostname/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/hostname/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/hostname/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/hostname
      if [ -L /etc/hostname ]; then
        cp -a /etc/hostname /var/lib/nodewright/before/paths/etc/hostname/.before
      elif [ -e /etc/hostname ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/hostname/.before.new
        cp -a /etc/hostname /var/lib/nodewright/before/paths/etc/hostname/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/hostname/.before.new /var/lib/nodewright/before/paths/etc/hostname/.before
      else
        : >/var/lib/nodewright/before/paths/etc/hostname/.absent
      fi
      umask 022
    fi
  fi
fi
hostnamectl set-hostname node1
}

# ---- block nodewright in /etc/hosts (at most 300 s)
check() {
present=$(awk '$0 == "# BEGIN nodewright nodewright" { inside = 1 } inside { print } $0 == "# END nodewright nodewright" { inside = 0 }' /etc/hosts)
found=$(sha256sum <<END
$present
END
)
[ "$found" = '0b99f9ce56bcc661bffc6a98411847315d5ca2b142e429b14d800df87ac76b3f  -' ]
}
show() {
awk '$0 == "# BEGIN nodewright nodewright" { inside = 1 } inside { print } $0 == "# END nodewright nodewright" { inside = 0 }' /etc/hosts
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/hosts/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/hosts/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/hosts/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/hosts
      if [ -L /etc/hosts ]; then
        cp -a /etc/hosts /var/lib/nodewright/before/paths/etc/hosts/.before
      elif [ -e /etc/hosts ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/hosts/.before.new
        cp -a /etc/hosts /var/lib/nodewright/before/paths/etc/hosts/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/hosts/.before.new /var/lib/nodewright/before/paths/etc/hosts/.before
      else
        : >/var/lib/nodewright/before/paths/etc/hosts/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/hosts 2>/dev/null) in
d*)
  echo '/etc/hosts is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc
target=/etc/hosts
if [ -L /etc/hosts ]; then
  if [ ! -e /etc/hosts ]; then
    echo '/etc/hosts is a link that leads nowhere: look at it and take it away' >&2
    exit 1
  fi
  target=$(readlink -e /etc/hosts)
fi
temporary=$(mktemp "${target%/*}/.nodewright.XXXXXX")
trap 'rm -f "$temporary"' EXIT
original=/dev/null
chmod 0644 "$temporary"
if [ -e "$target" ]; then
  original=$target
  cp --attributes-only --preserve=all "$target" "$temporary"
fi
awk 'function put() {
  if (!done) printf "%s", block
  done = 1
}
NR == FNR { block = block $0 "\n"; next }
$0 == "# BEGIN nodewright nodewright" { inside = 1; put(); next }
$0 == "# END nodewright nodewright" { inside = 0; next }
!inside { print }
END {
  if (inside) {
    print "the line # BEGIN nodewright nodewright has no # END nodewright nodewright after it" >"/dev/stderr"
    exit 1
  }
  put()
}' - "$original" >"$temporary" <<'END'
# BEGIN nodewright nodewright
192.168.56.11 node1
192.168.56.12 node2
# END nodewright nodewright
END
if ! mv -fT "$temporary" "$target"; then
  chmod --reference="$temporary" "$target"
  cp --preserve=mode,ownership "$temporary" "$target"
fi
if selinuxenabled 2>/dev/null; then
  restorecon "$target"
fi
}
