#!/bin/sh
# kubeadm_join on 1.34.2-docker-worker, 1.34.2-docker-mirrored-worker, selinux-disabled-worker, selinux-enforcing-worker, selinux-enforcing-at-last-worker

# ---- kubeadm join (at most 600 s)
check() {
grep -qxF 'cluster village' /etc/nodewright/cluster
grep -q '^ca sha256:' /etc/nodewright/cluster
[ -s /etc/kubernetes/kubelet.conf ]
}
apply() {
if [ -n "$(find /etc/kubernetes/pki /etc/kubernetes/kubelet.conf ! -type d 2>/dev/null)" ]; then
  kubeadm reset --force --cri-socket unix:///run/cri-dockerd.sock
fi
mkdir -p /etc/nodewright
cat >/etc/nodewright/cluster.new <<END
cluster village
run $nw_run_id
END
mv -fT /etc/nodewright/cluster.new /etc/nodewright/cluster
umask 077
cat >"$nw_tmp/join.yaml" <<END
apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
discovery:
  bootstrapToken:
    apiServerEndpoint: 192.168.56.11:6443
    token: '${NW_INPUT_JOIN_TOKEN:?}'
    caCertHashes:
    - '${NW_INPUT_CA_HASH:?}'
nodeRegistration:
  name: node2
  criSocket: unix:///run/cri-dockerd.sock
  kubeletExtraArgs:
  - name: node-ip
    value: 192.168.56.12
END
umask 022
kubeadm join --config "$nw_tmp/join.yaml" 
if [ "$(kubectl --kubeconfig=/etc/kubernetes/kubelet.conf --namespace kube-system get configmap kubelet-config --output 'jsonpath={.metadata.annotations.nodewright/digest}')" = fe3a75ac9768f3125dc982036e54754f50f37c3e0b31e0e471c1912205c7a019 ]; then
  mkdir -p /var/lib/nodewright
  echo 9cf922a6c52f2a228934df6d3e0491190a40d21b1c2a7cb10c1e65fe230a1276 >/var/lib/nodewright/kubelet-settings.new
  mv -fT /var/lib/nodewright/kubelet-settings.new /var/lib/nodewright/kubelet-settings
fi
ca=$(sha256sum </etc/kubernetes/pki/ca.crt)
ca=sha256:${ca%% *}
mkdir -p /etc/nodewright
cat >/etc/nodewright/cluster.new <<END
cluster village
run $nw_run_id
ca $ca
END
mv -fT /etc/nodewright/cluster.new /etc/nodewright/cluster
}
