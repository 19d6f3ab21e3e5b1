# ---- join token (at most 300 s)
check() {
[ -e "$nw_tmp/join-token" ]
}
apply() {
kubeadm token create --ttl 10m --description nodewright --print-join-command >"$nw_tmp/join"
read -r _ _ _ _ token _ hash _ <"$nw_tmp/join"
output join-token "$token"
output ca-hash "$hash"
: >"$nw_tmp/join-token"
}

# ---- join token revoked (at most 300 s)
check() {
name=bootstrap-token-"${NW_INPUT_JOIN_TOKEN%%.*}"
present=$(kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace kube-system get secret "$name" --ignore-not-found --output name)
[ -z "$present" ]
}
apply() {
kubeadm token delete "${NW_INPUT_JOIN_TOKEN%%.*}"
}

# ---- certificate key (at most 300 s)
check() {
[ -e "$nw_tmp/certificate-key" ]
}
apply() {
set --
if [ -e /etc/nodewright/kubeadm-init.yaml ]; then
  set -- --config /etc/nodewright/kubeadm-init.yaml
fi
kubeadm init phase upload-certs --upload-certs "$@" >"$nw_tmp/upload"
key=$(tail -n 1 "$nw_tmp/upload")
output certificate-key "$key"
: >"$nw_tmp/certificate-key"
}

# ---- uploaded certificates withdrawn (at most 300 s)
check() {
present=$(kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace kube-system get secret kubeadm-certs --ignore-not-found --output name)
[ -z "$present" ]
}
apply() {
kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace kube-system delete secret kubeadm-certs
}
