#!/bin/sh
# block cluster in /etc/hosts
check() {
present=$(awk '$0 == "# BEGIN nodewright cluster" { inside = 1 } inside { print } $0 == "# END nodewright cluster" { inside = 0 }' /etc/hosts)
found=$(sha256sum <<END
$present
END
)
[ "$found" = '16dc75851a49dc9da1f1b6ad38a27dc80b75898ce2298883f1f8bfe31209cfb6  -' ]
}
show() {
awk '$0 == "# BEGIN nodewright cluster" { inside = 1 } inside { print } $0 == "# END nodewright cluster" { inside = 0 }' /etc/hosts
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
$0 == "# BEGIN nodewright cluster" { inside = 1; put(); next }
$0 == "# END nodewright cluster" { inside = 0; next }
!inside { print }
END {
  if (inside) {
    print "the line # BEGIN nodewright cluster has no # END nodewright cluster after it" >"/dev/stderr"
    exit 1
  }
  put()
}' - "$original" >"$temporary" <<'END'
# BEGIN nodewright cluster
10.0.0.1 one
10.0.0.2 two
# END nodewright cluster
END
if ! mv -fT "$temporary" "$target"; then
  chmod --reference="$temporary" "$target"
  cp --preserve=mode,ownership "$temporary" "$target"
fi
if selinuxenabled 2>/dev/null; then
  restorecon "$target"
fi
}
check
show
apply
# Afterwards show prints:
# # BEGIN nodewright cluster
# 10.0.0.1 one
# 10.0.0.2 two
# # END nodewright cluster
