#!/bin/sh
# metallb_speakers on 1.34.2-docker-control-plane, 1.34.2-containerd-mirrored-control-plane, 1.34.2-docker-mirrored-control-plane, 1.36.1-everything-control-plane, single-node-control-plane, selinux-disabled-control-plane, selinux-enforcing-control-plane, selinux-enforcing-at-last-control-plane

# ---- MetalLB's speakers run (at most 240 s)
check() {
wanted=$(kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace metallb-system get daemonset speaker --output 'jsonpath={.status.desiredNumberScheduled}')
kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace metallb-system get pods --selector component=speaker --output 'jsonpath={range .items[*]}{.status.containerStatuses[0].state.running.startedAt}{"\n"}{end}' >"$nw_tmp/speakers"
running=$(grep -c . "$nw_tmp/speakers")
[ "$running" = "$wanted" ]
}
apply() {
read -r uptime _ </proc/uptime
end=$((${uptime%%.*} + 180))
while :; do
  set +e
  (
set -e
wanted=$(kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace metallb-system get daemonset speaker --output 'jsonpath={.status.desiredNumberScheduled}')
kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace metallb-system get pods --selector component=speaker --output 'jsonpath={range .items[*]}{.status.containerStatuses[0].state.running.startedAt}{"\n"}{end}' >"$nw_tmp/speakers"
running=$(grep -c . "$nw_tmp/speakers")
[ "$running" = "$wanted" ]
  )
  status=$?
  set -e
  if [ "$status" = 0 ]; then
    break
  fi
  read -r uptime _ </proc/uptime
  if [ "${uptime%%.*}" -ge "$end" ]; then
    echo 'still waiting after 180 s: MetalLB'"'"'s speakers run' >&2
kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace metallb-system get pods --selector component=speaker --output wide
kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace metallb-system get events --field-selector type=Warning --sort-by .lastTimestamp
    exit 1
  fi
  sleep 0.5
done
}
