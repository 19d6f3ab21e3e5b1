#!/bin/sh
# no swap in /etc/fstab
check() {
if [ -e /etc/fstab ]; then
  KIND=swap awk '$1 !~ /^#/ { if ($3 == ENVIRON["KIND"]) found = 1 }
END { exit found }' /etc/fstab
fi
}
show() {
KIND=swap awk '$1 !~ /^#/ { if ($3 == ENVIRON["KIND"]) print }' /etc/fstab
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/fstab/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/fstab/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/fstab/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/fstab
      if [ -L /etc/fstab ]; then
        cp -a /etc/fstab /var/lib/nodewright/before/paths/etc/fstab/.before
      elif [ -e /etc/fstab ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/fstab/.before.new
        cp -a /etc/fstab /var/lib/nodewright/before/paths/etc/fstab/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/fstab/.before.new /var/lib/nodewright/before/paths/etc/fstab/.before
      else
        : >/var/lib/nodewright/before/paths/etc/fstab/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/fstab 2>/dev/null) in
d*)
  echo '/etc/fstab is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc
target=/etc/fstab
if [ -L /etc/fstab ]; then
  if [ ! -e /etc/fstab ]; then
    echo '/etc/fstab is a link that leads nowhere: look at it and take it away' >&2
    exit 1
  fi
  target=$(readlink -e /etc/fstab)
fi
temporary=$(mktemp "${target%/*}/.nodewright.XXXXXX")
trap 'rm -f "$temporary"' EXIT
original=/dev/null
chmod 0644 "$temporary"
if [ -e "$target" ]; then
  original=$target
  cp --attributes-only --preserve=all "$target" "$temporary"
fi
KIND=swap awk '{
  if ($1 !~ /^#/) if ($3 == ENVIRON["KIND"]) next
  print
}' "$original" >"$temporary"
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
# 
