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

# ---- cri-dockerd from https://github.com/Mirantis/cri-dockerd/releases/download/v0.3.26/cri-dockerd-0.3.26.amd64.tgz (at most 900 s)
check() {
[ ! -L /opt/nodewright/bin/cri-dockerd ]
[ -f /opt/nodewright/bin/cri-dockerd ]
[ "$(stat -c %a:%U:%G /opt/nodewright/bin/cri-dockerd)" = 755:root:root ]
total=$(sha256sum </opt/nodewright/bin/cri-dockerd)
[ "$(cat /opt/nodewright/bin/cri-dockerd.origin)" = "87f31c964d974cdce9c883c79b69e355c3c323e51d3a7d36cda140e6df7b8d5a $total" ]
}
show() {
stat -c %A:%U:%G /opt/nodewright/bin/cri-dockerd
cat /opt/nodewright/bin/cri-dockerd.origin
}
apply() {
case $(stat -c %A /opt/nodewright/bin/cri-dockerd 2>/dev/null) in
d*)
  echo '/opt/nodewright/bin/cri-dockerd is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /opt/nodewright/bin
temporary=$(mktemp /opt/nodewright/bin/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
curl --fail --location --silent --show-error --globoff --retry 3 --connect-timeout 20 --output "$temporary" https://github.com/Mirantis/cri-dockerd/releases/download/v0.3.26/cri-dockerd-0.3.26.amd64.tgz
found=$(sha256sum <"$temporary")
if [ "$found" != '87f31c964d974cdce9c883c79b69e355c3c323e51d3a7d36cda140e6df7b8d5a  -' ]; then
  echo 'what https://github.com/Mirantis/cri-dockerd/releases/download/v0.3.26/cri-dockerd-0.3.26.amd64.tgz gave has not the checksum 87f31c964d974cdce9c883c79b69e355c3c323e51d3a7d36cda140e6df7b8d5a, but:' "$found" >&2
  exit 1
fi
file=$(mktemp /opt/nodewright/bin/.nodewright.XXXXXX)
trap 'rm -f "$temporary" "$file"' EXIT
tar -xzOf "$temporary" cri-dockerd/cri-dockerd >"$file"
mv -fT "$file" "$temporary"
chmod 0755 "$temporary"
"$temporary" --version
total=$(sha256sum <"$temporary")
chown root:root "$temporary"
chmod 0755 "$temporary"
if ! mv -fT "$temporary" /opt/nodewright/bin/cri-dockerd; then
  chmod --reference="$temporary" /opt/nodewright/bin/cri-dockerd
  cp --preserve=mode,ownership "$temporary" /opt/nodewright/bin/cri-dockerd
fi
if selinuxenabled 2>/dev/null; then
  restorecon /opt/nodewright/bin/cri-dockerd
fi
echo "87f31c964d974cdce9c883c79b69e355c3c323e51d3a7d36cda140e6df7b8d5a $total" >/opt/nodewright/bin/cri-dockerd.origin
}
