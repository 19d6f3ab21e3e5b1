#!/bin/sh
# metallb_pools on 1.34.2-docker-control-plane, 1.34.2-containerd-mirrored-control-plane, 1.34.2-docker-mirrored-control-plane, 1.36.1-everything-control-plane, single-node-control-plane, selinux-disabled-control-plane, selinux-enforcing-control-plane, selinux-enforcing-at-last-control-plane

# ---- manifest of metallb-definitions (at most 300 s)
check() {
[ ! -L /etc/nodewright/manifests/metallb-definitions.yaml ]
[ -f /etc/nodewright/manifests/metallb-definitions.yaml ]
[ "$(stat -c %a:%U:%G /etc/nodewright/manifests/metallb-definitions.yaml)" = 600:root:root ]
[ "$(sha256sum </etc/nodewright/manifests/metallb-definitions.yaml)" = 'c203d75a9b83762ed19eee79a626c324aedc18637f0e882dd8b10aaf32a0180d  -' ]
}
show() {
stat -c %A:%U:%G /etc/nodewright/manifests/metallb-definitions.yaml
cat /etc/nodewright/manifests/metallb-definitions.yaml
}
apply() {
case $(stat -c %A /etc/nodewright/manifests/metallb-definitions.yaml 2>/dev/null) in
d*)
  echo '/etc/nodewright/manifests/metallb-definitions.yaml is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/nodewright/manifests
temporary=$(mktemp /etc/nodewright/manifests/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
apiVersion: v1
kind: Namespace
metadata:
  name: metallb-system
  labels:
    pod-security.kubernetes.io/enforce: privileged
  annotations:
    nodewright/digest: 13e63c0011aaa048646a2bd93fea94480a71aeb8c04c03c348f8d5f5b622c67e
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: ipaddresspools.metallb.io
  annotations:
    nodewright/digest: 13e63c0011aaa048646a2bd93fea94480a71aeb8c04c03c348f8d5f5b622c67e
END
chown root:root "$temporary"
chmod 0600 "$temporary"
if ! mv -fT "$temporary" /etc/nodewright/manifests/metallb-definitions.yaml; then
  chmod --reference="$temporary" /etc/nodewright/manifests/metallb-definitions.yaml
  cp --preserve=mode,ownership "$temporary" /etc/nodewright/manifests/metallb-definitions.yaml
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/nodewright/manifests/metallb-definitions.yaml
fi
}

# ---- metallb-definitions applied (at most 120 s; due after: manifest of metallb-definitions)
check() {
digests=$(kubectl --kubeconfig=/etc/kubernetes/admin.conf get --filename /etc/nodewright/manifests/metallb-definitions.yaml --ignore-not-found --output 'jsonpath={range .items[*]}{.metadata.annotations.nodewright/digest}{"\n"}{end}')
count=$(grep -cxF 13e63c0011aaa048646a2bd93fea94480a71aeb8c04c03c348f8d5f5b622c67e <<END
$digests
END
)
[ "$count" = 2 ]
}
apply() {
kubectl --kubeconfig=/etc/kubernetes/admin.conf apply --filename /etc/nodewright/manifests/metallb-definitions.yaml --server-side --force-conflicts --field-manager=nodewright
}

# ---- manifest of metallb-pool (at most 300 s)
check() {
[ ! -L /etc/nodewright/manifests/metallb-pool.yaml ]
[ -f /etc/nodewright/manifests/metallb-pool.yaml ]
[ "$(stat -c %a:%U:%G /etc/nodewright/manifests/metallb-pool.yaml)" = 600:root:root ]
[ "$(sha256sum </etc/nodewright/manifests/metallb-pool.yaml)" = 'e24ca5c5b1e46f89be5031e3598a914ac62c729f9fc16577b02e665f25dfe0ee  -' ]
}
show() {
stat -c %A:%U:%G /etc/nodewright/manifests/metallb-pool.yaml
cat /etc/nodewright/manifests/metallb-pool.yaml
}
apply() {
case $(stat -c %A /etc/nodewright/manifests/metallb-pool.yaml 2>/dev/null) in
d*)
  echo '/etc/nodewright/manifests/metallb-pool.yaml is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/nodewright/manifests
temporary=$(mktemp /etc/nodewright/manifests/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata:
  name: nodewright
  namespace: metallb-system
  annotations:
    nodewright/digest: 0ee128f1a5f2d939d0f9ec203e4259ad7a7d52ce6fd8cd9012dfad58e2953e69
spec:
  addresses:
  - 192.168.56.240-192.168.56.250
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata:
  name: nodewright
  namespace: metallb-system
  annotations:
    nodewright/digest: 0ee128f1a5f2d939d0f9ec203e4259ad7a7d52ce6fd8cd9012dfad58e2953e69
spec:
  ipAddressPools:
  - nodewright
END
chown root:root "$temporary"
chmod 0600 "$temporary"
if ! mv -fT "$temporary" /etc/nodewright/manifests/metallb-pool.yaml; then
  chmod --reference="$temporary" /etc/nodewright/manifests/metallb-pool.yaml
  cp --preserve=mode,ownership "$temporary" /etc/nodewright/manifests/metallb-pool.yaml
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/nodewright/manifests/metallb-pool.yaml
fi
}

# ---- metallb-pool applied (at most 540 s; due after: manifest of metallb-pool)
check() {
digests=$(kubectl --kubeconfig=/etc/kubernetes/admin.conf get --filename /etc/nodewright/manifests/metallb-pool.yaml --ignore-not-found --output 'jsonpath={range .items[*]}{.metadata.annotations.nodewright/digest}{"\n"}{end}')
count=$(grep -cxF 0ee128f1a5f2d939d0f9ec203e4259ad7a7d52ce6fd8cd9012dfad58e2953e69 <<END
$digests
END
)
[ "$count" = 2 ]
}
apply() {
read -r uptime _ </proc/uptime
end=$((${uptime%%.*} + 420))
doubt=$((${uptime%%.*} + 2))
while :; do
  set +e
  (
    set -e
    kubectl --kubeconfig=/etc/kubernetes/admin.conf apply --filename /etc/nodewright/manifests/metallb-pool.yaml --server-side --force-conflicts --field-manager=nodewright
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
  kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace metallb-system get pods --selector component=controller --output 'jsonpath={range .items[*]}{"pod\t"}{.metadata.name}{"\n"}{range .status.initContainerStatuses[*]}{.name}{"\t"}{.restartCount}{"\t"}{.state.waiting.reason}{"\t"}{.state.waiting.message}{"\n"}{end}{range .status.containerStatuses[*]}{.name}{"\t"}{.restartCount}{"\t"}{.state.waiting.reason}{"\t"}{.state.waiting.message}{"\n"}{end}{end}' >"$nw_tmp/states"
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
    kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace metallb-system logs "$pod" --container "$container" --previous --tail 10
    set -e
    ;;
  esac
done <"$nw_tmp/in-vain-pods"
) >"$nw_tmp/reason" 2>/dev/null
status=$?
set -e
  if [ "$status" = 0 ]; then
    echo 'waiting is in vain: metallb-pool is admitted' >&2
    cat "$nw_tmp/reason" >&2
    exit 1
  fi
fi
  if [ "${uptime%%.*}" -ge "$end" ]; then
    echo 'still waiting after 420 s: metallb-pool is admitted' >&2
    exit 1
  fi
  sleep 0.5
done
}
