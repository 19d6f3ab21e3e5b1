#!/bin/sh
# kubelet_settings on 1.34.2-docker-control-plane, 1.34.2-docker-worker, 1.24.17-docker-control-plane, 1.24.17-docker-worker, 1.31.14-containerd-control-plane, 1.31.14-containerd-worker, 1.34.2-containerd-mirrored-control-plane, 1.34.2-containerd-mirrored-worker, 1.34.2-docker-mirrored-control-plane, 1.34.2-docker-mirrored-worker, single-node-control-plane, selinux-disabled-control-plane, selinux-disabled-worker, selinux-enforcing-control-plane, selinux-enforcing-worker, selinux-enforcing-at-last-control-plane, selinux-enforcing-at-last-worker

# ---- kubelet runs with these settings (at most 300 s)
check() {
[ "$(cat /var/lib/nodewright/kubelet-settings)" = 9cf922a6c52f2a228934df6d3e0491190a40d21b1c2a7cb10c1e65fe230a1276 ]
}
apply() {
if ! [ "$(kubectl --kubeconfig=/etc/kubernetes/kubelet.conf --namespace kube-system get configmap kubelet-config --output 'jsonpath={.metadata.annotations.nodewright/digest}')" = fe3a75ac9768f3125dc982036e54754f50f37c3e0b31e0e471c1912205c7a019 ]; then
  echo 'the cluster has other settings for its kubelets than the inventory, and they change on the first control plane: name it in --limit as well, or run without'
  exit 1
fi
kubeadm upgrade node phase kubelet-config
systemctl daemon-reload
systemctl restart kubelet
mkdir -p /var/lib/nodewright
echo 9cf922a6c52f2a228934df6d3e0491190a40d21b1c2a7cb10c1e65fe230a1276 >/var/lib/nodewright/kubelet-settings.new
mv -fT /var/lib/nodewright/kubelet-settings.new /var/lib/nodewright/kubelet-settings
}
