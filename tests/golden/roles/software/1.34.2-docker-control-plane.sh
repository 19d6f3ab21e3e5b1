#!/bin/sh
# software on 1.34.2-docker-control-plane, 1.34.2-docker-worker, single-node-control-plane, selinux-disabled-control-plane, selinux-disabled-worker, selinux-enforcing-control-plane, selinux-enforcing-worker, selinux-enforcing-at-last-control-plane, selinux-enforcing-at-last-worker

# ---- Kubernetes 1.34.2, docker and tools (at most 1800 s)
check() {
if ! rpm -q --quiet kubeadm kubelet kubectl docker-ce docker-ce-cli chrony conntrack-tools container-selinux curl ebtables ethtool ipset iproute-tc iptables socat; then
  if ! rpm -q --quiet kubeadm; then
    rpm -q --quiet --whatprovides kubeadm
  fi
  if ! rpm -q --quiet kubelet; then
    rpm -q --quiet --whatprovides kubelet
  fi
  if ! rpm -q --quiet kubectl; then
    rpm -q --quiet --whatprovides kubectl
  fi
  if ! rpm -q --quiet docker-ce; then
    rpm -q --quiet --whatprovides docker-ce
  fi
  if ! rpm -q --quiet docker-ce-cli; then
    rpm -q --quiet --whatprovides docker-ce-cli
  fi
  if ! rpm -q --quiet chrony; then
    rpm -q --quiet --whatprovides chrony
  fi
  if ! rpm -q --quiet conntrack-tools; then
    rpm -q --quiet --whatprovides conntrack-tools
  fi
  if ! rpm -q --quiet container-selinux; then
    rpm -q --quiet --whatprovides container-selinux
  fi
  if ! rpm -q --quiet curl; then
    rpm -q --quiet --whatprovides curl
  fi
  if ! rpm -q --quiet ebtables; then
    rpm -q --quiet --whatprovides ebtables
  fi
  if ! rpm -q --quiet ethtool; then
    rpm -q --quiet --whatprovides ethtool
  fi
  if ! rpm -q --quiet ipset; then
    rpm -q --quiet --whatprovides ipset
  fi
  if ! rpm -q --quiet iproute-tc; then
    rpm -q --quiet --whatprovides iproute-tc
  fi
  if ! rpm -q --quiet iptables; then
    rpm -q --quiet --whatprovides iptables
  fi
  if ! rpm -q --quiet socat; then
    rpm -q --quiet --whatprovides socat
  fi
fi
installed=$(rpm -q --qf '%{VERSION}-%{RELEASE}' kubeadm)
case "$installed" in
1.34.2-*) ;;
*) exit 1 ;;
esac
installed=$(rpm -q --qf '%{VERSION}-%{RELEASE}' kubelet)
case "$installed" in
1.34.2-*) ;;
*) exit 1 ;;
esac
installed=$(rpm -q --qf '%{VERSION}-%{RELEASE}' kubectl)
case "$installed" in
1.34.2-*) ;;
*) exit 1 ;;
esac
}
show() {
rpm -q kubeadm kubelet kubectl docker-ce docker-ce-cli chrony conntrack-tools container-selinux curl ebtables ethtool ipset iproute-tc iptables socat
}
apply() {
if rpm -q --quiet kubeadm; then
  installed=$(rpm -q --qf '%{VERSION}-%{RELEASE}' kubeadm)
  case "$installed" in
  1.34.2-*) ;;
  *)
    if sort -V -C <<END
1.34.2
$installed
END
    then
      echo 'kubeadm is to be 1.34.2 and is newer here; nodewright does not downgrade:' "$installed" >&2
      exit 1
    fi
    ;;
  esac
fi
if rpm -q --quiet kubelet; then
  installed=$(rpm -q --qf '%{VERSION}-%{RELEASE}' kubelet)
  case "$installed" in
  1.34.2-*) ;;
  *)
    if sort -V -C <<END
1.34.2
$installed
END
    then
      echo 'kubelet is to be 1.34.2 and is newer here; nodewright does not downgrade:' "$installed" >&2
      exit 1
    fi
    ;;
  esac
fi
if rpm -q --quiet kubectl; then
  installed=$(rpm -q --qf '%{VERSION}-%{RELEASE}' kubectl)
  case "$installed" in
  1.34.2-*) ;;
  *)
    if sort -V -C <<END
1.34.2
$installed
END
    then
      echo 'kubectl is to be 1.34.2 and is newer here; nodewright does not downgrade:' "$installed" >&2
      exit 1
    fi
    ;;
  esac
fi
set -- docker-ce docker-ce-cli chrony conntrack-tools container-selinux curl ebtables ethtool ipset iproute-tc iptables socat
for name; do
  shift
  if ! rpm -q --quiet "$name"; then
    if ! rpm -q --quiet --whatprovides "$name"; then
      set -- "$@" "$name"
    fi
  fi
done
dnf -y --disableexcludes=all install 'kubeadm-1.34.2-*' 'kubelet-1.34.2-*' 'kubectl-1.34.2-*' "$@"
}

# ---- cri-dockerd from https://mirror.example.org/cri-dockerd.rpm (at most 900 s)
check() {
[ ! -L /var/lib/nodewright/packages/cri-dockerd.rpm ]
[ -f /var/lib/nodewright/packages/cri-dockerd.rpm ]
[ "$(stat -c %a:%U:%G /var/lib/nodewright/packages/cri-dockerd.rpm)" = 644:root:root ]
[ "$(sha256sum </var/lib/nodewright/packages/cri-dockerd.rpm)" = '0000000000000000000000000000000000000000000000000000000000000000  -' ]
}
show() {
stat -c %A:%U:%G /var/lib/nodewright/packages/cri-dockerd.rpm
sha256sum </var/lib/nodewright/packages/cri-dockerd.rpm
}
apply() {
case $(stat -c %A /var/lib/nodewright/packages/cri-dockerd.rpm 2>/dev/null) in
d*)
  echo '/var/lib/nodewright/packages/cri-dockerd.rpm is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /var/lib/nodewright/packages
temporary=$(mktemp /var/lib/nodewright/packages/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
curl --fail --location --silent --show-error --globoff --retry 3 --connect-timeout 20 --output "$temporary" https://mirror.example.org/cri-dockerd.rpm
found=$(sha256sum <"$temporary")
if [ "$found" != '0000000000000000000000000000000000000000000000000000000000000000  -' ]; then
  echo 'what https://mirror.example.org/cri-dockerd.rpm gave has not the checksum 0000000000000000000000000000000000000000000000000000000000000000, but:' "$found" >&2
  exit 1
fi
chown root:root "$temporary"
chmod 0644 "$temporary"
if ! mv -fT "$temporary" /var/lib/nodewright/packages/cri-dockerd.rpm; then
  chmod --reference="$temporary" /var/lib/nodewright/packages/cri-dockerd.rpm
  cp --preserve=mode,ownership "$temporary" /var/lib/nodewright/packages/cri-dockerd.rpm
fi
if selinuxenabled 2>/dev/null; then
  restorecon /var/lib/nodewright/packages/cri-dockerd.rpm
fi
}

# ---- package cri-dockerd (at most 900 s; due after: cri-dockerd from https://mirror.example.org/cri-dockerd.rpm)
check() {
wanted=$(rpm -qp --nosignature /var/lib/nodewright/packages/cri-dockerd.rpm)
installed=$(rpm -q cri-dockerd)
[ "$installed" = "$wanted" ]
}
apply() {
dnf -y --disableexcludes=all install /var/lib/nodewright/packages/cri-dockerd.rpm
}
