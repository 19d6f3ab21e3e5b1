#!/bin/sh
# kubelet_settings on 1.34.2-docker-control-plane, 1.34.2-docker-worker, 1.24.17-docker-control-plane, 1.24.17-docker-worker, 1.31.14-containerd-control-plane, 1.31.14-containerd-worker, 1.34.2-containerd-mirrored-control-plane, 1.34.2-containerd-mirrored-worker, 1.34.2-docker-mirrored-control-plane, 1.34.2-docker-mirrored-worker, single-node-control-plane, selinux-disabled-control-plane, selinux-disabled-worker, selinux-enforcing-control-plane, selinux-enforcing-worker, selinux-enforcing-at-last-control-plane, selinux-enforcing-at-last-worker

# ---- kubelet runs with these settings (at most 300 s)
check() {
[ "$(cat /var/lib/nodewright/kubelet-settings)" = 5fe18434dacbc12809856f2df94c7244eea9a5b5b7874f77e392cffb9c160d4a ]
}
apply() {
if ! [ "$(kubectl --kubeconfig=/etc/kubernetes/kubelet.conf --namespace kube-system get configmap kubelet-config --output 'jsonpath={.metadata.annotations.nodewright/digest}')" = de9052d8139abc1e47096da0852d61ff128166efd602824c5af1f7d5ab7f0314 ]; then
  echo 'the cluster has other settings for its kubelets than the inventory, and they change on the first control plane: name it in --limit as well, or run without'
  exit 1
fi
kubeadm upgrade node phase kubelet-config
systemctl daemon-reload
systemctl restart kubelet
mkdir -p /var/lib/nodewright
echo 5fe18434dacbc12809856f2df94c7244eea9a5b5b7874f77e392cffb9c160d4a >/var/lib/nodewright/kubelet-settings.new
mv -fT /var/lib/nodewright/kubelet-settings.new /var/lib/nodewright/kubelet-settings
}
