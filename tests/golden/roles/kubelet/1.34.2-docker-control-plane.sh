#!/bin/sh
# kubelet on 1.34.2-docker-control-plane, 1.34.2-docker-worker, 1.13.3-docker-control-plane, 1.13.3-docker-worker, 1.20.15-docker-control-plane, 1.20.15-docker-worker, 1.24.17-docker-control-plane, 1.24.17-docker-worker, 1.31.14-containerd-control-plane, 1.31.14-containerd-worker, 1.34.2-containerd-mirrored-control-plane, 1.34.2-containerd-mirrored-worker, 1.34.2-docker-mirrored-control-plane, 1.34.2-docker-mirrored-worker, 1.36.1-site-control-plane, 1.36.1-site-worker, single-node-control-plane, selinux-disabled-control-plane, selinux-disabled-worker, selinux-enforcing-control-plane, selinux-enforcing-worker, selinux-enforcing-at-last-control-plane, selinux-enforcing-at-last-worker

# ---- no proxy of ours for kubelet.service (at most 300 s)
check() {
[ ! -L /etc/systemd/system/kubelet.service.d/nodewright-proxy.conf ]
[ ! -e /etc/systemd/system/kubelet.service.d/nodewright-proxy.conf ]
}
show() {
stat -c '%A %n' /etc/systemd/system/kubelet.service.d/nodewright-proxy.conf
}
apply() {
rm -df /etc/systemd/system/kubelet.service.d/nodewright-proxy.conf
}

# ---- no kubelet settings of this node's own (at most 300 s)
check() {
[ ! -L /etc/nodewright/patches/kubeletconfiguration+merge.yaml ]
[ ! -e /etc/nodewright/patches/kubeletconfiguration+merge.yaml ]
}
show() {
stat -c '%A %n' /etc/nodewright/patches/kubeletconfiguration+merge.yaml
}
apply() {
rm -df /etc/nodewright/patches/kubeletconfiguration+merge.yaml
}

# ---- kubelet starts at boot (at most 300 s)
check() {
[ "$(systemctl is-enabled kubelet.service)" = enabled ]
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
if [ "$(systemctl is-enabled kubelet.service)" = masked ]; then
  systemctl unmask kubelet.service
fi
systemctl enable --no-reload kubelet.service
}
