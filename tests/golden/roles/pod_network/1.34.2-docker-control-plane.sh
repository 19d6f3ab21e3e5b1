#!/bin/sh
# pod_network on 1.34.2-docker-control-plane, 1.13.3-docker-control-plane, 1.20.15-docker-control-plane, 1.24.17-docker-control-plane, 1.31.14-containerd-control-plane, 1.34.2-containerd-mirrored-control-plane, 1.34.2-docker-mirrored-control-plane, 1.36.1-everything-control-plane, single-node-control-plane, selinux-disabled-control-plane, selinux-enforcing-control-plane, selinux-enforcing-at-last-control-plane

# ---- flannel runs here (at most 240 s)
check() {
[ -s /run/flannel/subnet.env ]
}
apply() {
read -r uptime _ </proc/uptime
end=$((${uptime%%.*} + 180))
while :; do
  set +e
  (
set -e
[ -s /run/flannel/subnet.env ]
  )
  status=$?
  set -e
  if [ "$status" = 0 ]; then
    break
  fi
  read -r uptime _ </proc/uptime
  if [ "${uptime%%.*}" -ge "$end" ]; then
    echo 'still waiting after 180 s: flannel runs here' >&2
set +e
kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace=kube-flannel --request-timeout=10s get pods --field-selector=spec.nodeName=node1 --output=wide
kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace=kube-flannel --request-timeout=10s logs --selector=app=flannel --tail=20
    exit 1
  fi
  sleep 0.2
done
}
