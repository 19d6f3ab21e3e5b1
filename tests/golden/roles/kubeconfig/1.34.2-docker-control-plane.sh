#!/bin/sh
# kubeconfig on 1.34.2-docker-control-plane, 1.13.3-docker-control-plane, 1.20.15-docker-control-plane, 1.24.17-docker-control-plane, 1.31.14-containerd-control-plane, 1.34.2-containerd-mirrored-control-plane, 1.34.2-docker-mirrored-control-plane, 1.36.1-everything-control-plane, 1.36.1-site-control-plane, single-node-control-plane, selinux-disabled-control-plane, selinux-enforcing-control-plane, selinux-enforcing-at-last-control-plane

# ---- kubeconfig of root (at most 300 s)
check() {
entry=$(getent passwd root)
home=${entry%:*}
home=${home##*:}
ours=$home/.kube/nodewright-village
cmp -s /etc/kubernetes/admin.conf "$ours"
[ "$(stat -c %a:%U "$ours")" = 600:root ]
[ -e "$home/.kube/config" ]
}
apply() {
entry=$(getent passwd root)
home=${entry%:*}
home=${home##*:}
ours=$home/.kube/nodewright-village
group=$(id -g root)
install -d -m 0700 -o root -g "$group" "$home/.kube"
install -m 0600 -o root -g "$group" /etc/kubernetes/admin.conf "$ours".new
mv -fT "$ours".new "$ours"
if [ ! -e "$home/.kube/config" ]; then
  ln -sfT nodewright-village "$home/.kube/config"
  chown -h root "$home/.kube/config"
fi
}

# ---- kubeconfig of vagrant (at most 300 s)
check() {
entry=$(getent passwd vagrant)
home=${entry%:*}
home=${home##*:}
ours=$home/.kube/nodewright-village
cmp -s /etc/kubernetes/admin.conf "$ours"
[ "$(stat -c %a:%U "$ours")" = 600:vagrant ]
[ -e "$home/.kube/config" ]
}
apply() {
entry=$(getent passwd vagrant)
home=${entry%:*}
home=${home##*:}
ours=$home/.kube/nodewright-village
group=$(id -g vagrant)
install -d -m 0700 -o vagrant -g "$group" "$home/.kube"
install -m 0600 -o vagrant -g "$group" /etc/kubernetes/admin.conf "$ours".new
mv -fT "$ours".new "$ours"
if [ ! -e "$home/.kube/config" ]; then
  ln -sfT nodewright-village "$home/.kube/config"
  chown -h vagrant "$home/.kube/config"
fi
}
