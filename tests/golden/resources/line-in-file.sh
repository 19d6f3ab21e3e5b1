#!/bin/sh
# line in /etc/app/app.conf: Port 22
check() {
LINE='Port 22' PATTERN='^Port ' awk 'function is_ours() {
  if ($0 "" == ENVIRON["LINE"] "") return 1
  return $0 ~ ENVIRON["PATTERN"]
}
is_ours() { if ($0 "" == ENVIRON["LINE"] "") lines++; else others++ }
END { if (others) exit 1; exit (lines != 1) }' /etc/app/app.conf
}
show() {
LINE='Port 22' PATTERN='^Port ' awk 'function is_ours() {
  if ($0 "" == ENVIRON["LINE"] "") return 1
  return $0 ~ ENVIRON["PATTERN"]
}
is_ours() { print }' /etc/app/app.conf
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/app/app.conf/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/app/app.conf/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/app/app.conf/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/app/app.conf
      if [ -L /etc/app/app.conf ]; then
        cp -a /etc/app/app.conf /var/lib/nodewright/before/paths/etc/app/app.conf/.before
      elif [ -e /etc/app/app.conf ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/app/app.conf/.before.new
        cp -a /etc/app/app.conf /var/lib/nodewright/before/paths/etc/app/app.conf/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/app/app.conf/.before.new /var/lib/nodewright/before/paths/etc/app/app.conf/.before
      else
        : >/var/lib/nodewright/before/paths/etc/app/app.conf/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/app/app.conf 2>/dev/null) in
d*)
  echo '/etc/app/app.conf is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/app
target=/etc/app/app.conf
if [ -L /etc/app/app.conf ]; then
  if [ ! -e /etc/app/app.conf ]; then
    echo '/etc/app/app.conf is a link that leads nowhere: look at it and take it away' >&2
    exit 1
  fi
  target=$(readlink -e /etc/app/app.conf)
fi
temporary=$(mktemp "${target%/*}/.nodewright.XXXXXX")
trap 'rm -f "$temporary"' EXIT
original=/dev/null
chmod 0644 "$temporary"
if [ -e "$target" ]; then
  original=$target
  cp --attributes-only --preserve=all "$target" "$temporary"
fi
LINE='Port 22' PATTERN='^Port ' awk 'function is_ours() {
  if ($0 "" == ENVIRON["LINE"] "") return 1
  return $0 ~ ENVIRON["PATTERN"]
}
function put() {
  if (!done) print ENVIRON["LINE"]
  done = 1
}
is_ours() { put(); next }
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
# Port 22
