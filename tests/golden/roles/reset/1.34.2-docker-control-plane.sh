#!/bin/sh
# reset on 1.34.2-docker-control-plane, 1.34.2-docker-worker, 1.24.17-docker-control-plane, 1.24.17-docker-worker, 1.34.2-docker-mirrored-control-plane, 1.34.2-docker-mirrored-worker, single-node-control-plane, selinux-disabled-control-plane, selinux-disabled-worker, selinux-enforcing-control-plane, selinux-enforcing-worker, selinux-enforcing-at-last-control-plane, selinux-enforcing-at-last-worker

# ---- kubeadm reset (at most 600 s)
check() {
[ ! -e /etc/kubernetes/admin.conf ]
[ ! -e /etc/kubernetes/kubelet.conf ]
[ ! -e /etc/kubernetes/bootstrap-kubelet.conf ]
[ ! -e /etc/kubernetes/manifests/kube-apiserver.yaml ]
[ ! -e /etc/kubernetes/pki/ca.crt ]
[ ! -e /var/lib/etcd/member ]
}
apply() {
if command -v kubeadm >/dev/null; then
  kubeadm reset --force --cri-socket unix:///run/cri-dockerd.sock
fi
rm -rf /etc/kubernetes/admin.conf /etc/kubernetes/kubelet.conf /etc/kubernetes/bootstrap-kubelet.conf /etc/kubernetes/manifests/kube-apiserver.yaml /etc/kubernetes/pki/ca.crt /var/lib/etcd/member
}

# ---- kubelet.service stopped (at most 120 s)
check() {
case "$(systemctl is-enabled kubelet.service)" in
enabled*) exit 1 ;;
esac
case "$(systemctl is-active kubelet.service)" in
active) exit 1 ;;
activating) exit 1 ;;
reloading) exit 1 ;;
deactivating) exit 1 ;;
esac
}
show() {
systemctl show --property=LoadState --property=ActiveState --property=UnitFileState kubelet.service
}
apply() {
if [ ! -e /var/lib/nodewright/before/units/kubelet.service ]; then
  umask 077
  mkdir -p /var/lib/nodewright/before/units
  set +e
  enabled=$(systemctl is-enabled kubelet.service)
  active=$(systemctl is-active kubelet.service)
  set -e
  echo "$enabled $active" >/var/lib/nodewright/before/units/kubelet.service.new
  mv -fT /var/lib/nodewright/before/units/kubelet.service.new /var/lib/nodewright/before/units/kubelet.service
  umask 022
fi
case "$(systemctl is-enabled kubelet.service)" in
enabled*) systemctl disable kubelet.service ;;
esac
case "$(systemctl is-active kubelet.service)" in
active) systemctl stop kubelet.service ;;
activating) systemctl stop kubelet.service ;;
reloading) systemctl stop kubelet.service ;;
deactivating) systemctl stop kubelet.service ;;
esac
}

# ---- nothing left in /var/lib/kubelet (at most 300 s)
check() {
if [ -d /var/lib/kubelet ]; then
  [ -z "$(ls -A /var/lib/kubelet)" ]
fi
}
apply() {
sort -r -k 2,2 /proc/mounts >"$nw_tmp/mounts"
while read -r _ place _; do
  case "$place" in
  /var/lib/kubelet/*) umount -l "$place" ;;
  esac
done <"$nw_tmp/mounts"
find /var/lib/kubelet -xdev -mindepth 1 -delete
}

# ---- no /etc/cni/net.d/10-flannel.conflist (at most 300 s)
check() {
[ ! -L /etc/cni/net.d/10-flannel.conflist ]
[ ! -e /etc/cni/net.d/10-flannel.conflist ]
}
show() {
stat -c '%A %n' /etc/cni/net.d/10-flannel.conflist
}
apply() {
rm -rf --one-file-system /etc/cni/net.d/10-flannel.conflist
}

# ---- no /etc/kubernetes (at most 300 s)
check() {
[ ! -L /etc/kubernetes ]
[ ! -e /etc/kubernetes ]
}
show() {
stat -c '%A %n' /etc/kubernetes
}
apply() {
rm -rf --one-file-system /etc/kubernetes
}

# ---- no /run/flannel (at most 300 s)
check() {
[ ! -L /run/flannel ]
[ ! -e /run/flannel ]
}
show() {
stat -c '%A %n' /run/flannel
}
apply() {
rm -rf --one-file-system /run/flannel
}

# ---- no /var/lib/etcd (at most 300 s)
check() {
[ ! -L /var/lib/etcd ]
[ ! -e /var/lib/etcd ]
}
show() {
stat -c '%A %n' /var/lib/etcd
}
apply() {
rm -rf --one-file-system /var/lib/etcd
}

# ---- no /var/lib/cni/flannel (at most 300 s)
check() {
[ ! -L /var/lib/cni/flannel ]
[ ! -e /var/lib/cni/flannel ]
}
show() {
stat -c '%A %n' /var/lib/cni/flannel
}
apply() {
rm -rf --one-file-system /var/lib/cni/flannel
}

# ---- no /var/lib/cni/networks/cbr0 (at most 300 s)
check() {
[ ! -L /var/lib/cni/networks/cbr0 ]
[ ! -e /var/lib/cni/networks/cbr0 ]
}
show() {
stat -c '%A %n' /var/lib/cni/networks/cbr0
}
apply() {
rm -rf --one-file-system /var/lib/cni/networks/cbr0
}

# ---- no /var/lib/cni/results (at most 300 s)
check() {
[ ! -L /var/lib/cni/results ]
[ ! -e /var/lib/cni/results ]
}
show() {
stat -c '%A %n' /var/lib/cni/results
}
apply() {
rm -rf --one-file-system /var/lib/cni/results
}

# ---- no interface cni0 (at most 300 s)
check() {
[ ! -e /sys/class/net/cni0 ]
}
apply() {
ip link delete cni0
}

# ---- no interface flannel.1 (at most 300 s)
check() {
[ ! -e /sys/class/net/flannel.1 ]
}
apply() {
ip link delete flannel.1
}

# ---- no interface kube-ipvs0 (at most 300 s)
check() {
[ ! -e /sys/class/net/kube-ipvs0 ]
}
apply() {
ip link delete kube-ipvs0
}

# ---- no rules of the cluster in iptables (at most 300 s)
check() {
if command -v iptables-save >/dev/null; then
  iptables-save >"$nw_tmp/rules"
  if grep -qE 'KUBE-|CNI-|FLANNEL-' "$nw_tmp/rules"; then
    exit 1
  fi
fi
}
apply() {
iptables-save >"$nw_tmp/rules"
grep -vE 'KUBE-|CNI-|FLANNEL-' "$nw_tmp/rules" >"$nw_tmp/kept"
iptables-restore <"$nw_tmp/kept"
}

# ---- no rules of the cluster in ip6tables (at most 300 s)
check() {
if command -v ip6tables-save >/dev/null; then
  ip6tables-save >"$nw_tmp/rules"
  if grep -qE 'KUBE-|CNI-|FLANNEL-' "$nw_tmp/rules"; then
    exit 1
  fi
fi
}
apply() {
ip6tables-save >"$nw_tmp/rules"
grep -vE 'KUBE-|CNI-|FLANNEL-' "$nw_tmp/rules" >"$nw_tmp/kept"
ip6tables-restore <"$nw_tmp/kept"
}

# ---- no tables of the cluster in nftables (at most 300 s)
check() {
if command -v nft >/dev/null; then
  nft list tables >"$nw_tmp/tables"
  sed -nE '/ (kube-proxy|flannel-ipv4|flannel-ipv6)$/p' "$nw_tmp/tables" >"$nw_tmp/ours"
  [ ! -s "$nw_tmp/ours" ]
fi
}
show() {
nft list tables
}
apply() {
nft list tables >"$nw_tmp/tables"
sed -nE '/ (kube-proxy|flannel-ipv4|flannel-ipv6)$/p' "$nw_tmp/tables" >"$nw_tmp/ours"
while read -r _ family name; do
  nft delete table "$family" "$name"
done <"$nw_tmp/ours"
}

# ---- no kubeconfig of root (at most 300 s)
check() {
entry=$(getent passwd root)
home=${entry%:*}
home=${home##*:}
ours=$home/.kube/nodewright-village
[ ! -e "$ours" ]
if [ "$(readlink "$home/.kube/config")" = nodewright-village ]; then
  exit 1
fi
}
apply() {
entry=$(getent passwd root)
home=${entry%:*}
home=${home##*:}
ours=$home/.kube/nodewright-village
if [ "$(readlink "$home/.kube/config")" = nodewright-village ]; then
  rm -f "$home/.kube/config"
fi
rm -f "$ours"
}

# ---- no kubeconfig of vagrant (at most 300 s)
check() {
entry=$(getent passwd vagrant)
home=${entry%:*}
home=${home##*:}
ours=$home/.kube/nodewright-village
[ ! -e "$ours" ]
if [ "$(readlink "$home/.kube/config")" = nodewright-village ]; then
  exit 1
fi
}
apply() {
entry=$(getent passwd vagrant)
home=${entry%:*}
home=${home##*:}
ours=$home/.kube/nodewright-village
if [ "$(readlink "$home/.kube/config")" = nodewright-village ]; then
  rm -f "$home/.kube/config"
fi
rm -f "$ours"
}

# ---- no logins of registries of ours (at most 300 s)
check() {
[ ! -e /var/lib/nodewright/before/paths/.docker/config.json/.absent ]
[ ! -L /var/lib/nodewright/before/paths/.docker/config.json/.before ]
[ ! -e /var/lib/nodewright/before/paths/.docker/config.json/.before ]
}
show() {
cat /var/lib/nodewright/before/paths/.docker/config.json/.before
}
apply() {
if [ -e /var/lib/nodewright/before/paths/.docker/config.json/.absent ]; then
  rm -rf --one-file-system /.docker/config.json
  rm -f /var/lib/nodewright/before/paths/.docker/config.json/.absent
else
  mkdir -p /.docker
  temporary=$(mktemp -d /.docker/.nodewright.XXXXXX)
  trap 'rm -rf "$temporary"' EXIT
  cp -a /var/lib/nodewright/before/paths/.docker/config.json/.before "$temporary/before"
  if [ -d /.docker/config.json ]; then
    rm -rf --one-file-system /.docker/config.json
  fi
  if ! mv -fT "$temporary/before" /.docker/config.json; then
    cp --preserve=mode,ownership "$temporary/before" /.docker/config.json
  fi
  rm -rf /var/lib/nodewright/before/paths/.docker/config.json/.before
fi
}

# ---- no logins of registries in containerd's configuration (at most 300 s)
check() {
if grep -qs 'registry\.configs\..*\.auth\]$' /etc/containerd/config.toml; then
  exit 1
fi
}
apply() {
sed -i '/registry\.configs\..*\.auth\]$/,/^ *$/d' /etc/containerd/config.toml
}

# ---- no memory of kubelet's settings (at most 300 s)
check() {
[ ! -L /var/lib/nodewright/kubelet-settings ]
[ ! -e /var/lib/nodewright/kubelet-settings ]
}
show() {
stat -c '%A %n' /var/lib/nodewright/kubelet-settings
}
apply() {
rm -df /var/lib/nodewright/kubelet-settings
}

# ---- no memory of the settings of kubelet's managers (at most 300 s)
check() {
[ ! -L /var/lib/nodewright/kubelet-managers ]
[ ! -e /var/lib/nodewright/kubelet-managers ]
}
show() {
stat -c '%A %n' /var/lib/nodewright/kubelet-managers
}
apply() {
rm -df /var/lib/nodewright/kubelet-managers
}

# ---- no member of a cluster any more (/etc/nodewright/cluster) (at most 300 s)
check() {
[ ! -L /etc/nodewright ]
[ ! -e /etc/nodewright ]
}
show() {
stat -c '%A %n' /etc/nodewright
}
apply() {
rm -rf --one-file-system /etc/nodewright
}
