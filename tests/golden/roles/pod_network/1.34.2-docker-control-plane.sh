#!/bin/sh
# pod_network on 1.34.2-docker-control-plane, 1.20.15-docker-control-plane, 1.24.17-docker-control-plane, 1.31.14-containerd-control-plane, 1.34.2-containerd-mirrored-control-plane, 1.34.2-docker-mirrored-control-plane, 1.36.1-everything-control-plane, 1.36.1-site-control-plane, single-node-control-plane, selinux-disabled-control-plane, selinux-enforcing-control-plane, selinux-enforcing-at-last-control-plane

# ---- flannel runs here (at most 240 s)
check() {
[ -s /run/flannel/subnet.env ]
}
apply() {
read -r uptime _ </proc/uptime
end=$((${uptime%%.*} + 180))
doubt=$((${uptime%%.*} + 2))
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
  if [ "${uptime%%.*}" -ge "$doubt" ]; then
  doubt=$((${uptime%%.*} + 2))
  set +e
(
  set -e
  kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace=kube-flannel --request-timeout=10s get pods --selector=app=flannel --field-selector=spec.nodeName=node1 --output 'jsonpath={range .items[*]}{"pod\t"}{.metadata.name}{"\n"}{range .status.initContainerStatuses[*]}{.name}{"\t"}{.restartCount}{"\t"}{.state.waiting.reason}{"\t"}{.state.waiting.message}{"\n"}{end}{range .status.containerStatuses[*]}{.name}{"\t"}{.restartCount}{"\t"}{.state.waiting.reason}{"\t"}{.state.waiting.message}{"\n"}{end}{end}' >"$nw_tmp/states"
awk -F '\t' -v new=0 '$1 == "pod" { pod = $2; next }
$3 == "InvalidImageName" || $3 == "ErrImageNeverPull" { vain = 1 }
($3 == "ErrImagePull" || $3 == "ImagePullBackOff") && $4 ~ /[Nn]ot [Ff]ound|manifest unknown|name unknown|access denied|unauthorized|authentication required|no match for platform/ { vain = 1 }
new && $3 == "CrashLoopBackOff" && $2 >= 3 { vain = 1 }
vain { print pod, $1, $3, $4; vain = 0 }
' "$nw_tmp/states" >"$nw_tmp/in-vain-pods"
[ -s "$nw_tmp/in-vain-pods" ]
while read -r pod container reason why; do
  echo "pod $pod, container $container: $reason: $why"
  case $reason in
  CrashLoopBackOff)
    set +e
    kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace=kube-flannel --request-timeout=10s logs "$pod" --container "$container" --previous --tail 10
    set -e
    ;;
  esac
done <"$nw_tmp/in-vain-pods"
) >"$nw_tmp/reason" 2>/dev/null
status=$?
set -e
  if [ "$status" = 0 ]; then
    echo 'waiting is in vain: flannel runs here' >&2
    cat "$nw_tmp/reason" >&2
    set +e
    (
      set +e
      kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace=kube-flannel --request-timeout=10s get pods --selector=app=flannel --field-selector=spec.nodeName=node1 --output=wide
      tail -n 20 /var/log/containers/kube-flannel-*_kube-flannel_*.log
    )
    set -e
    exit 1
  fi
fi
  if [ "${uptime%%.*}" -ge "$end" ]; then
    echo 'still waiting after 180 s: flannel runs here' >&2
    set +e
    (
      set +e
      kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace=kube-flannel --request-timeout=10s get pods --selector=app=flannel --field-selector=spec.nodeName=node1 --output=wide
      tail -n 20 /var/log/containers/kube-flannel-*_kube-flannel_*.log
    )
    set -e
    exit 1
  fi
  sleep 0.2
done
}
