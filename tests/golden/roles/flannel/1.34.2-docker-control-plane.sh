#!/bin/sh
# flannel on 1.34.2-docker-control-plane, 1.20.15-docker-control-plane, 1.24.17-docker-control-plane, 1.31.14-containerd-control-plane, 1.34.2-containerd-mirrored-control-plane, 1.34.2-docker-mirrored-control-plane, 1.36.1-site-control-plane, single-node-control-plane, selinux-disabled-control-plane, selinux-enforcing-control-plane, selinux-enforcing-at-last-control-plane

# ---- manifest of flannel (at most 300 s)
check() {
[ ! -L /etc/nodewright/manifests/flannel.yaml ]
[ -f /etc/nodewright/manifests/flannel.yaml ]
[ "$(stat -c %a:%U:%G /etc/nodewright/manifests/flannel.yaml)" = 600:root:root ]
[ "$(sha256sum </etc/nodewright/manifests/flannel.yaml)" = '870f336368a4762d91d1334b583ecada528eeebca35063db3a07b7b0f5e3a613  -' ]
}
show() {
stat -c %A:%U:%G /etc/nodewright/manifests/flannel.yaml
cat /etc/nodewright/manifests/flannel.yaml
}
apply() {
case $(stat -c %A /etc/nodewright/manifests/flannel.yaml 2>/dev/null) in
d*)
  echo '/etc/nodewright/manifests/flannel.yaml is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/nodewright/manifests
temporary=$(mktemp /etc/nodewright/manifests/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
apiVersion: v1
kind: ConfigMap
metadata:
  name: kube-flannel-cfg
  namespace: kube-flannel
  annotations:
    nodewright/digest: f5e96aa806b50f97e436604cba6c9996721648bf2669d1adf2a7ff63b1069246
data:
  net-conf.json: |
    {
      "Network": "10.244.0.0/16",
      "Backend": {
        "Type": "vxlan"
      }
    }
---
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: kube-flannel-ds
  namespace: kube-flannel
  annotations:
    nodewright/digest: f5e96aa806b50f97e436604cba6c9996721648bf2669d1adf2a7ff63b1069246
spec:
  template:
    metadata:
      labels:
        app: flannel
      annotations:
        nodewright/network: 10.244.0.0/16 vxlan
    spec:
      containers:
      - name: kube-flannel
        image: ghcr.io/flannel-io/flannel:v0.26.7
        args:
        - --ip-masq
        - --kube-subnet-mgr
        - --iface=$(HOST_IP)
        env:
        - name: HOST_IP
          valueFrom:
            fieldRef:
              fieldPath: status.hostIP
END
chown root:root "$temporary"
chmod 0600 "$temporary"
if ! mv -fT "$temporary" /etc/nodewright/manifests/flannel.yaml; then
  chmod --reference="$temporary" /etc/nodewright/manifests/flannel.yaml
  cp --preserve=mode,ownership "$temporary" /etc/nodewright/manifests/flannel.yaml
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/nodewright/manifests/flannel.yaml
fi
}

# ---- flannel applied (at most 120 s; due after: manifest of flannel)
check() {
digests=$(kubectl --kubeconfig=/etc/kubernetes/admin.conf get --filename /etc/nodewright/manifests/flannel.yaml --ignore-not-found --output 'jsonpath={range .items[*]}{.metadata.annotations.nodewright/digest}{"\n"}{end}')
count=$(grep -cxF f5e96aa806b50f97e436604cba6c9996721648bf2669d1adf2a7ff63b1069246 <<END
$digests
END
)
[ "$count" = 2 ]
}
apply() {
kubectl --kubeconfig=/etc/kubernetes/admin.conf apply --filename /etc/nodewright/manifests/flannel.yaml --server-side --force-conflicts --field-manager=nodewright
}
