#!/bin/sh
# kernel on 1.34.2-docker-control-plane, 1.34.2-docker-worker, 1.20.15-docker-control-plane, 1.20.15-docker-worker, 1.24.17-docker-control-plane, 1.24.17-docker-worker, 1.31.14-containerd-control-plane, 1.31.14-containerd-worker, 1.34.2-containerd-mirrored-control-plane, 1.34.2-containerd-mirrored-worker, 1.34.2-docker-mirrored-control-plane, 1.34.2-docker-mirrored-worker, selinux-disabled-control-plane, selinux-disabled-worker, selinux-enforcing-control-plane, selinux-enforcing-worker, selinux-enforcing-at-last-control-plane, selinux-enforcing-at-last-worker

# ---- modules of the kernel on the disk (at most 1800 s)
check() {
if ! [ -d /proc/sys/net/bridge ]; then
  found=$(find /lib/modules -name 'br_netfilter.ko*')
  [ -n "$found" ]
fi
}
apply() {
if ! dnf -y --disableexcludes=all install kernel-modules-extra-"$(uname -r)"; then
  dnf -y --disableexcludes=all install kernel kernel-modules-extra
fi
}

# ---- a kernel that has its modules (at most 60 s; ends with a reboot)
check() {
if ! [ -d /proc/sys/net/bridge ]; then
  modinfo br_netfilter
fi
}
show() {
uname -r
}
apply() {
systemd-run --on-active=3 --timer-property=AccuracySec=1 systemctl reboot
}

# ---- module overlay at boot (at most 300 s)
check() {
[ ! -L /etc/modules-load.d/overlay.conf ]
[ -f /etc/modules-load.d/overlay.conf ]
[ "$(stat -c %a:%U:%G /etc/modules-load.d/overlay.conf)" = 644:root:root ]
[ "$(sha256sum </etc/modules-load.d/overlay.conf)" = '5971fc5991ae2b514c4e25cbfaa154aa191b4230c4201e33c00da182209f53fd  -' ]
}
show() {
stat -c %A:%U:%G /etc/modules-load.d/overlay.conf
cat /etc/modules-load.d/overlay.conf
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/modules-load.d/overlay.conf/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/modules-load.d/overlay.conf/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/modules-load.d/overlay.conf/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/modules-load.d/overlay.conf
      if [ -L /etc/modules-load.d/overlay.conf ]; then
        cp -a /etc/modules-load.d/overlay.conf /var/lib/nodewright/before/paths/etc/modules-load.d/overlay.conf/.before
      elif [ -e /etc/modules-load.d/overlay.conf ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/modules-load.d/overlay.conf/.before.new
        cp -a /etc/modules-load.d/overlay.conf /var/lib/nodewright/before/paths/etc/modules-load.d/overlay.conf/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/modules-load.d/overlay.conf/.before.new /var/lib/nodewright/before/paths/etc/modules-load.d/overlay.conf/.before
      else
        : >/var/lib/nodewright/before/paths/etc/modules-load.d/overlay.conf/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/modules-load.d/overlay.conf 2>/dev/null) in
d*)
  echo '/etc/modules-load.d/overlay.conf is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/modules-load.d
temporary=$(mktemp /etc/modules-load.d/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
overlay
END
chown root:root "$temporary"
chmod 0644 "$temporary"
if ! mv -fT "$temporary" /etc/modules-load.d/overlay.conf; then
  chmod --reference="$temporary" /etc/modules-load.d/overlay.conf
  cp --preserve=mode,ownership "$temporary" /etc/modules-load.d/overlay.conf
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/modules-load.d/overlay.conf
fi
}

# ---- module overlay (at most 300 s)
check() {
grep -qw overlay /proc/filesystems
}
show() {
cat /sys/module/overlay/initstate
}
apply() {
if ! modprobe overlay; then
  echo 'this kernel has no module overlay: EL 10 keeps many in the package kernel-modules-extra' >&2
  exit 1
fi
}

# ---- module br_netfilter at boot (at most 300 s)
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

# ---- module br_netfilter (at most 300 s)
check() {
[ -d /proc/sys/net/bridge ]
}
show() {
cat /sys/module/br_netfilter/initstate
}
apply() {
if ! modprobe br_netfilter; then
  echo 'this kernel has no module br_netfilter: EL 10 keeps many in the package kernel-modules-extra' >&2
  exit 1
fi
}

# ---- module nf_conntrack at boot (at most 300 s)
check() {
[ ! -L /etc/modules-load.d/nf_conntrack.conf ]
[ -f /etc/modules-load.d/nf_conntrack.conf ]
[ "$(stat -c %a:%U:%G /etc/modules-load.d/nf_conntrack.conf)" = 644:root:root ]
[ "$(sha256sum </etc/modules-load.d/nf_conntrack.conf)" = '9173c5c4cc83e34687e47395a277a850fc2a484925b542a81a16db7eef53c5c9  -' ]
}
show() {
stat -c %A:%U:%G /etc/modules-load.d/nf_conntrack.conf
cat /etc/modules-load.d/nf_conntrack.conf
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/modules-load.d/nf_conntrack.conf/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/modules-load.d/nf_conntrack.conf/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/modules-load.d/nf_conntrack.conf/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/modules-load.d/nf_conntrack.conf
      if [ -L /etc/modules-load.d/nf_conntrack.conf ]; then
        cp -a /etc/modules-load.d/nf_conntrack.conf /var/lib/nodewright/before/paths/etc/modules-load.d/nf_conntrack.conf/.before
      elif [ -e /etc/modules-load.d/nf_conntrack.conf ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/modules-load.d/nf_conntrack.conf/.before.new
        cp -a /etc/modules-load.d/nf_conntrack.conf /var/lib/nodewright/before/paths/etc/modules-load.d/nf_conntrack.conf/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/modules-load.d/nf_conntrack.conf/.before.new /var/lib/nodewright/before/paths/etc/modules-load.d/nf_conntrack.conf/.before
      else
        : >/var/lib/nodewright/before/paths/etc/modules-load.d/nf_conntrack.conf/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/modules-load.d/nf_conntrack.conf 2>/dev/null) in
d*)
  echo '/etc/modules-load.d/nf_conntrack.conf is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/modules-load.d
temporary=$(mktemp /etc/modules-load.d/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
nf_conntrack
END
chown root:root "$temporary"
chmod 0644 "$temporary"
if ! mv -fT "$temporary" /etc/modules-load.d/nf_conntrack.conf; then
  chmod --reference="$temporary" /etc/modules-load.d/nf_conntrack.conf
  cp --preserve=mode,ownership "$temporary" /etc/modules-load.d/nf_conntrack.conf
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/modules-load.d/nf_conntrack.conf
fi
}

# ---- module nf_conntrack (at most 300 s)
check() {
[ -e /proc/sys/net/netfilter/nf_conntrack_max ]
}
show() {
cat /sys/module/nf_conntrack/initstate
}
apply() {
if ! modprobe nf_conntrack; then
  echo 'this kernel has no module nf_conntrack: EL 10 keeps many in the package kernel-modules-extra' >&2
  exit 1
fi
}

# ---- kernel settings at boot (/etc/sysctl.d/99-zz-nodewright.conf) (at most 300 s)
check() {
[ ! -L /etc/sysctl.d/99-zz-nodewright.conf ]
[ -f /etc/sysctl.d/99-zz-nodewright.conf ]
[ "$(stat -c %a:%U:%G /etc/sysctl.d/99-zz-nodewright.conf)" = 644:root:root ]
[ "$(sha256sum </etc/sysctl.d/99-zz-nodewright.conf)" = 'e5bfb94d904acedb130c2549708630f23d39ee473f18dc8db662095720643f3d  -' ]
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
net.bridge.bridge-nf-call-iptables = 1
net.bridge.bridge-nf-call-ip6tables = 1
net.ipv4.ip_forward = 1
net.ipv4.ip_local_reserved_ports = 30000-32767
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

# ---- kernel settings (/etc/sysctl.d/99-zz-nodewright.conf) (at most 300 s)
check() {
present=$(sysctl -n net.bridge.bridge-nf-call-iptables net.bridge.bridge-nf-call-ip6tables net.ipv4.ip_forward net.ipv4.ip_local_reserved_ports)
present=$(tr '\t' ' ' <<END
$present
END
)
[ "$present" = '1
1
1
30000-32767' ]
}
show() {
sysctl net.bridge.bridge-nf-call-iptables net.bridge.bridge-nf-call-ip6tables net.ipv4.ip_forward net.ipv4.ip_local_reserved_ports
}
apply() {
sysctl -p /etc/sysctl.d/99-zz-nodewright.conf
}
