#!/bin/sh
# /var/lib/my data in /etc/fstab
check() {
SOURCE=UUID=1234 PLACE='/var/lib/my\040data' ENTRY='UUID=1234 /var/lib/my\040data xfs noatime 0 0' awk 'function same_place() {
  if ($1 ~ /^#/) return 0
  if (ENVIRON["PLACE"] == "none") return $1 "" == ENVIRON["SOURCE"] ""
  return $2 "" == ENVIRON["PLACE"] ""
}
same_place() { $1 = $1; places++; if ($0 == ENVIRON["ENTRY"]) entries++ }
END { if (places != 1) exit 1; if (entries != 1) exit 1 }' /etc/fstab
}
show() {
SOURCE=UUID=1234 PLACE='/var/lib/my\040data' ENTRY='UUID=1234 /var/lib/my\040data xfs noatime 0 0' awk 'function same_place() {
  if ($1 ~ /^#/) return 0
  if (ENVIRON["PLACE"] == "none") return $1 "" == ENVIRON["SOURCE"] ""
  return $2 "" == ENVIRON["PLACE"] ""
}
same_place() { print }' /etc/fstab
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
SOURCE=UUID=1234 PLACE='/var/lib/my\040data' ENTRY='UUID=1234 /var/lib/my\040data xfs noatime 0 0' awk 'function same_place() {
  if ($1 ~ /^#/) return 0
  if (ENVIRON["PLACE"] == "none") return $1 "" == ENVIRON["SOURCE"] ""
  return $2 "" == ENVIRON["PLACE"] ""
}
function put() {
  if (!done) print ENVIRON["ENTRY"]
  done = 1
}
same_place() { put(); next }
{ print }
END { put() }' "$original" >"$temporary"
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
# UUID=1234 /var/lib/my\040data xfs noatime 0 0
