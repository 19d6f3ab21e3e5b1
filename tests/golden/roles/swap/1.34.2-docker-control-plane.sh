#!/bin/sh
# swap on 1.34.2-docker-control-plane, 1.34.2-docker-worker, 1.20.15-docker-control-plane, 1.20.15-docker-worker, 1.24.17-docker-control-plane, 1.24.17-docker-worker, 1.34.2-containerd-mirrored-control-plane, 1.34.2-containerd-mirrored-worker, 1.34.2-docker-mirrored-control-plane, 1.34.2-docker-mirrored-worker, 1.36.1-everything-control-plane, 1.36.1-everything-worker, 1.36.1-site-control-plane, 1.36.1-site-worker, single-node-control-plane, selinux-disabled-control-plane, selinux-disabled-worker, selinux-enforcing-control-plane, selinux-enforcing-worker, selinux-enforcing-at-last-control-plane, selinux-enforcing-at-last-worker

# ---- no swap in fstab (at most 300 s)
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

# ---- no zram swap at boot (at most 300 s)
check() {
[ ! -L /etc/systemd/zram-generator.conf ]
[ -f /etc/systemd/zram-generator.conf ]
[ "$(stat -c %a:%U:%G /etc/systemd/zram-generator.conf)" = 644:root:root ]
[ "$(sha256sum </etc/systemd/zram-generator.conf)" = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  -' ]
}
show() {
stat -c %A:%U:%G /etc/systemd/zram-generator.conf
cat /etc/systemd/zram-generator.conf
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/systemd/zram-generator.conf/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/systemd/zram-generator.conf/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/systemd/zram-generator.conf/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/systemd/zram-generator.conf
      if [ -L /etc/systemd/zram-generator.conf ]; then
        cp -a /etc/systemd/zram-generator.conf /var/lib/nodewright/before/paths/etc/systemd/zram-generator.conf/.before
      elif [ -e /etc/systemd/zram-generator.conf ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/systemd/zram-generator.conf/.before.new
        cp -a /etc/systemd/zram-generator.conf /var/lib/nodewright/before/paths/etc/systemd/zram-generator.conf/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/systemd/zram-generator.conf/.before.new /var/lib/nodewright/before/paths/etc/systemd/zram-generator.conf/.before
      else
        : >/var/lib/nodewright/before/paths/etc/systemd/zram-generator.conf/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/systemd/zram-generator.conf 2>/dev/null) in
d*)
  echo '/etc/systemd/zram-generator.conf is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/systemd
temporary=$(mktemp /etc/systemd/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
: >"$temporary"
chown root:root "$temporary"
chmod 0644 "$temporary"
if ! mv -fT "$temporary" /etc/systemd/zram-generator.conf; then
  chmod --reference="$temporary" /etc/systemd/zram-generator.conf
  cp --preserve=mode,ownership "$temporary" /etc/systemd/zram-generator.conf
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/systemd/zram-generator.conf
fi
}

# ---- swap off (at most 300 s)
check() {
[ -z "$(tail -n +2 /proc/swaps)" ]
}
show() {
tail -n +2 /proc/swaps
}
apply() {
swapoff --all
}
