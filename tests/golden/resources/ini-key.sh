#!/bin/sh
# key of [main] in /etc/app/app.ini
check() {
found=$(SECTION=main KEY=key awk 'function trimmed(text) {
  sub(/^[ \t]+/, "", text)
  sub(/[ \t]+$/, "", text)
  return text
}
function is_ours() {
  if (!inside) return 0
  return trimmed(substr($0, 1, index($0, "=") - 1)) "" == ENVIRON["KEY"] ""
}
BEGIN { inside = (ENVIRON["SECTION"] == "") }
/^[ \t]*\[/ { inside = (trimmed($0) "" == "[" ENVIRON["SECTION"] "]"); next }
is_ours() { print trimmed(substr($0, index($0, "=") + 1)) }' /etc/app/app.ini)
[ "$found" = value ]
}
show() {
SECTION=main KEY=key awk 'function trimmed(text) {
  sub(/^[ \t]+/, "", text)
  sub(/[ \t]+$/, "", text)
  return text
}
function is_ours() {
  if (!inside) return 0
  return trimmed(substr($0, 1, index($0, "=") - 1)) "" == ENVIRON["KEY"] ""
}
BEGIN { inside = (ENVIRON["SECTION"] == "") }
/^[ \t]*\[/ { inside = (trimmed($0) "" == "[" ENVIRON["SECTION"] "]"); next }
is_ours() { print trimmed(substr($0, index($0, "=") + 1)) }' /etc/app/app.ini
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/app/app.ini/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/app/app.ini/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/app/app.ini/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/app/app.ini
      if [ -L /etc/app/app.ini ]; then
        cp -a /etc/app/app.ini /var/lib/nodewright/before/paths/etc/app/app.ini/.before
      elif [ -e /etc/app/app.ini ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/app/app.ini/.before.new
        cp -a /etc/app/app.ini /var/lib/nodewright/before/paths/etc/app/app.ini/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/app/app.ini/.before.new /var/lib/nodewright/before/paths/etc/app/app.ini/.before
      else
        : >/var/lib/nodewright/before/paths/etc/app/app.ini/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/app/app.ini 2>/dev/null) in
d*)
  echo '/etc/app/app.ini is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/app
target=/etc/app/app.ini
if [ -L /etc/app/app.ini ]; then
  if [ ! -e /etc/app/app.ini ]; then
    echo '/etc/app/app.ini is a link that leads nowhere: look at it and take it away' >&2
    exit 1
  fi
  target=$(readlink -e /etc/app/app.ini)
fi
temporary=$(mktemp "${target%/*}/.nodewright.XXXXXX")
trap 'rm -f "$temporary"' EXIT
original=/dev/null
chmod 0644 "$temporary"
if [ -e "$target" ]; then
  original=$target
  cp --attributes-only --preserve=all "$target" "$temporary"
fi
SECTION=main KEY=key ENTRY=key=value awk 'function trimmed(text) {
  sub(/^[ \t]+/, "", text)
  sub(/[ \t]+$/, "", text)
  return text
}
function is_ours() {
  if (!inside) return 0
  return trimmed(substr($0, 1, index($0, "=") - 1)) "" == ENVIRON["KEY"] ""
}
BEGIN { inside = (ENVIRON["SECTION"] == "") }
function put() {
  if (!done) print ENVIRON["ENTRY"]
  done = 1
}
/^[ \t]*\[/ {
  if (inside) put()
  inside = (trimmed($0) "" == "[" ENVIRON["SECTION"] "]")
  print
  next
}
is_ours() { put(); next }
{ print }
END {
  if (done) exit
  if (!inside) print "[" ENVIRON["SECTION"] "]"
  put()
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
# value
