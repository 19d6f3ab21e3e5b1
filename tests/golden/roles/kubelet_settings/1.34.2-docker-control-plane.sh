#!/bin/sh
# kubelet_settings on 1.34.2-docker-control-plane, 1.34.2-docker-worker, 1.20.15-docker-control-plane, 1.20.15-docker-worker, 1.24.17-docker-control-plane, 1.24.17-docker-worker, 1.31.14-containerd-control-plane, 1.31.14-containerd-worker, 1.34.2-containerd-mirrored-control-plane, 1.34.2-containerd-mirrored-worker, 1.34.2-docker-mirrored-control-plane, 1.34.2-docker-mirrored-worker, single-node-control-plane, selinux-disabled-control-plane, selinux-disabled-worker, selinux-enforcing-control-plane, selinux-enforcing-worker, selinux-enforcing-at-last-control-plane, selinux-enforcing-at-last-worker

# ---- kubelet runs with these settings (at most 300 s)
check() {
[ "$(cat /var/lib/nodewright/kubelet-settings)" = 5fe18434dacbc12809856f2df94c7244eea9a5b5b7874f77e392cffb9c160d4a ]
}
apply() {
kubeadm upgrade node phase kubelet-config
systemctl daemon-reload
systemctl restart kubelet
mkdir -p /var/lib/nodewright
echo 5fe18434dacbc12809856f2df94c7244eea9a5b5b7874f77e392cffb9c160d4a >/var/lib/nodewright/kubelet-settings.new
mv -fT /var/lib/nodewright/kubelet-settings.new /var/lib/nodewright/kubelet-settings
}
