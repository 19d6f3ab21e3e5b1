#!/bin/sh
# selinux on 1.34.2-docker-control-plane, 1.34.2-docker-worker, 1.13.3-docker-control-plane, 1.13.3-docker-worker, 1.20.15-docker-control-plane, 1.20.15-docker-worker, 1.24.17-docker-control-plane, 1.24.17-docker-worker, 1.31.14-containerd-control-plane, 1.31.14-containerd-worker, 1.34.2-containerd-mirrored-control-plane, 1.34.2-containerd-mirrored-worker, 1.34.2-docker-mirrored-control-plane, 1.34.2-docker-mirrored-worker, 1.36.1-everything-control-plane, 1.36.1-everything-worker, 1.36.1-site-control-plane, 1.36.1-site-worker, single-node-control-plane

# ---- SELinux permissive at boot (at most 300 s)
check() {
found=$(SECTION='' KEY=SELINUX awk 'function trimmed(text) {
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
is_ours() { print trimmed(substr($0, index($0, "=") + 1)) }' /etc/selinux/config)
[ "$found" = permissive ]
}
show() {
SECTION='' KEY=SELINUX awk 'function trimmed(text) {
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
is_ours() { print trimmed(substr($0, index($0, "=") + 1)) }' /etc/selinux/config
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/selinux/config/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/selinux/config/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/selinux/config/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/selinux/config
      if [ -L /etc/selinux/config ]; then
        cp -a /etc/selinux/config /var/lib/nodewright/before/paths/etc/selinux/config/.before
      elif [ -e /etc/selinux/config ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/selinux/config/.before.new
        cp -a /etc/selinux/config /var/lib/nodewright/before/paths/etc/selinux/config/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/selinux/config/.before.new /var/lib/nodewright/before/paths/etc/selinux/config/.before
      else
        : >/var/lib/nodewright/before/paths/etc/selinux/config/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/selinux/config 2>/dev/null) in
d*)
  echo '/etc/selinux/config is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/selinux
target=/etc/selinux/config
if [ -L /etc/selinux/config ]; then
  if [ ! -e /etc/selinux/config ]; then
    echo '/etc/selinux/config is a link that leads nowhere: look at it and take it away' >&2
    exit 1
  fi
  target=$(readlink -e /etc/selinux/config)
fi
temporary=$(mktemp "${target%/*}/.nodewright.XXXXXX")
trap 'rm -f "$temporary"' EXIT
original=/dev/null
chmod 0644 "$temporary"
if [ -e "$target" ]; then
  original=$target
  cp --attributes-only --preserve=all "$target" "$temporary"
fi
SECTION='' KEY=SELINUX ENTRY=SELINUX=permissive awk 'function trimmed(text) {
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

# ---- SELinux permissive now (at most 300 s)
check() {
mode=Disabled
if command -v getenforce >/dev/null; then
  mode=$(getenforce)
fi
case "$mode" in
Permissive) ;;
Disabled) ;;
*) exit 1 ;;
esac
}
show() {
getenforce
}
apply() {
setenforce 0
}
