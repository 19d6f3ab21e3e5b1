#!/bin/sh
# metallb_pools on 1.34.2-docker-control-plane, 1.34.2-containerd-mirrored-control-plane, 1.34.2-docker-mirrored-control-plane, 1.36.1-everything-control-plane, single-node-control-plane, selinux-disabled-control-plane, selinux-enforcing-control-plane, selinux-enforcing-at-last-control-plane

# ---- manifest of metallb-definitions (at most 300 s)
check() {
[ ! -L /etc/nodewright/manifests/metallb-definitions.yaml ]
[ -f /etc/nodewright/manifests/metallb-definitions.yaml ]
[ "$(stat -c %a:%U:%G /etc/nodewright/manifests/metallb-definitions.yaml)" = 600:root:root ]
[ "$(sha256sum </etc/nodewright/manifests/metallb-definitions.yaml)" = '9fa4198d5ab7d326fd1be0e42bdf668bce68262e0fc0847751652cbc3f9dcd98  -' ]
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
---
apiVersion: v1
kind: Namespace
metadata:
  name: metallb-system
  labels:
    pod-security.kubernetes.io/enforce: privileged
  annotations:
    nodewright/digest: 9c39de78a1add1fcd64b66bf6d7d1a2be8baa56e5cba11af460154287f330605
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
count=$(grep -cxF 9c39de78a1add1fcd64b66bf6d7d1a2be8baa56e5cba11af460154287f330605 <<END
$digests
END
)
[ "$count" = 1 ]
}
apply() {
kubectl --kubeconfig=/etc/kubernetes/admin.conf apply --filename /etc/nodewright/manifests/metallb-definitions.yaml --server-side --force-conflicts --field-manager=nodewright
}

# ---- manifest of metallb-pool (at most 300 s)
check() {
[ ! -L /etc/nodewright/manifests/metallb-pool.yaml ]
[ -f /etc/nodewright/manifests/metallb-pool.yaml ]
[ "$(stat -c %a:%U:%G /etc/nodewright/manifests/metallb-pool.yaml)" = 600:root:root ]
[ "$(sha256sum </etc/nodewright/manifests/metallb-pool.yaml)" = 'eb774acdd9ec2f58a08631d1359bcb4e627b5448dc4b81b4462ce696e9f1b7a4  -' ]
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
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata:
  name: nodewright
  namespace: metallb-system
  annotations:
    nodewright/digest: a11ccdec19760cbbe426ae29e644928a1c6e5d869631d2816690485d2082be81
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
    nodewright/digest: a11ccdec19760cbbe426ae29e644928a1c6e5d869631d2816690485d2082be81
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

# ---- metallb-pool applied (at most 240 s; due after: manifest of metallb-pool)
check() {
digests=$(kubectl --kubeconfig=/etc/kubernetes/admin.conf get --filename /etc/nodewright/manifests/metallb-pool.yaml --ignore-not-found --output 'jsonpath={range .items[*]}{.metadata.annotations.nodewright/digest}{"\n"}{end}')
count=$(grep -cxF a11ccdec19760cbbe426ae29e644928a1c6e5d869631d2816690485d2082be81 <<END
$digests
END
)
[ "$count" = 2 ]
}
apply() {
read -r uptime _ </proc/uptime
end=$((${uptime%%.*} + 120))
until kubectl --kubeconfig=/etc/kubernetes/admin.conf apply --filename /etc/nodewright/manifests/metallb-pool.yaml --server-side --force-conflicts --field-manager=nodewright; do
  read -r uptime _ </proc/uptime
  [ "${uptime%%.*}" -lt "$end" ]
  sleep 0.5
done
}
