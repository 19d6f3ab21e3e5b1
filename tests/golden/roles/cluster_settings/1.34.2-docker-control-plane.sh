#!/bin/sh
# cluster_settings on 1.34.2-docker-control-plane, 1.24.17-docker-control-plane, 1.31.14-containerd-control-plane, 1.34.2-containerd-mirrored-control-plane, 1.34.2-docker-mirrored-control-plane, selinux-disabled-control-plane, selinux-enforcing-control-plane, selinux-enforcing-at-last-control-plane

# ---- kubelet settings in the cluster (at most 300 s)
check() {
found=$(kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace kube-system get configmap kubelet-config --output 'jsonpath={.metadata.annotations.nodewright/digest}')
[ "$found" = de9052d8139abc1e47096da0852d61ff128166efd602824c5af1f7d5ab7f0314 ]
}
apply() {
kubeadm init phase upload-config kubelet --config /etc/nodewright/kubeadm-init.yaml
kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace kube-system annotate --overwrite configmap kubelet-config nodewright/digest=de9052d8139abc1e47096da0852d61ff128166efd602824c5af1f7d5ab7f0314
}

# ---- kube-proxy settings (at most 300 s)
check() {
found=$(kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace kube-system get configmap kube-proxy --output 'jsonpath={.metadata.annotations.nodewright/digest}')
[ "$found" = 9731a8df402953de99416f688a50bd957734f2ddae53e9b235b69c380326beda ]
}
apply() {
kubeadm init phase addon kube-proxy --config /etc/nodewright/kubeadm-init.yaml
kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace kube-system rollout restart daemonset/kube-proxy
kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace kube-system annotate --overwrite configmap kube-proxy nodewright/digest=9731a8df402953de99416f688a50bd957734f2ddae53e9b235b69c380326beda
}
