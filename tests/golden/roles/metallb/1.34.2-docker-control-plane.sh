#!/bin/sh
# metallb on 1.34.2-docker-control-plane, 1.36.1-everything-control-plane, single-node-control-plane, selinux-disabled-control-plane, selinux-enforcing-control-plane, selinux-enforcing-at-last-control-plane

# ---- manifest of metallb (at most 300 s)
check() {
[ ! -L /etc/nodewright/manifests/metallb.yaml ]
[ -f /etc/nodewright/manifests/metallb.yaml ]
[ "$(stat -c %a:%U:%G /etc/nodewright/manifests/metallb.yaml)" = 600:root:root ]
[ "$(sha256sum </etc/nodewright/manifests/metallb.yaml)" = '7fea025fdfb81877a2bfc62dfd300aabd37e3ce0d6fde4f39b4741b2f3a460b3  -' ]
}
show() {
stat -c %A:%U:%G /etc/nodewright/manifests/metallb.yaml
cat /etc/nodewright/manifests/metallb.yaml
}
apply() {
case $(stat -c %A /etc/nodewright/manifests/metallb.yaml 2>/dev/null) in
d*)
  echo '/etc/nodewright/manifests/metallb.yaml is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/nodewright/manifests
temporary=$(mktemp /etc/nodewright/manifests/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
apiVersion: apps/v1
kind: Deployment
metadata:
  name: controller
  namespace: metallb-system
  annotations:
    nodewright/digest: 0dda84708522f2af0d671a249f1c3b58d581e8806fb3106e56744f3d9c6b0ae6
spec:
  template:
    spec:
      containers:
      - image: quay.io/metallb/controller:v0.15.2
        name: controller
END
chown root:root "$temporary"
chmod 0600 "$temporary"
if ! mv -fT "$temporary" /etc/nodewright/manifests/metallb.yaml; then
  chmod --reference="$temporary" /etc/nodewright/manifests/metallb.yaml
  cp --preserve=mode,ownership "$temporary" /etc/nodewright/manifests/metallb.yaml
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/nodewright/manifests/metallb.yaml
fi
}

# ---- metallb applied (at most 120 s; due after: manifest of metallb)
check() {
digests=$(kubectl --kubeconfig=/etc/kubernetes/admin.conf get --filename /etc/nodewright/manifests/metallb.yaml --ignore-not-found --output 'jsonpath={range .items[*]}{.metadata.annotations.nodewright/digest}{"\n"}{end}')
count=$(grep -cxF 0dda84708522f2af0d671a249f1c3b58d581e8806fb3106e56744f3d9c6b0ae6 <<END
$digests
END
)
[ "$count" = 1 ]
}
apply() {
kubectl --kubeconfig=/etc/kubernetes/admin.conf apply --filename /etc/nodewright/manifests/metallb.yaml --server-side --force-conflicts --field-manager=nodewright
}
