#!/bin/sh
# images on 1.34.2-docker-control-plane, selinux-disabled-control-plane, selinux-enforcing-control-plane, selinux-enforcing-at-last-control-plane

# ---- image pulls begun (at most 60 s)
check() {
set +e
(
set -e
if [ "$(cat /run/nodewright/background/images.run)" != "$nw_run_id" ]; then
  docker image inspect --format=. registry.k8s.io/kube-apiserver:v1.34.2 registry.k8s.io/kube-controller-manager:v1.34.2 registry.k8s.io/kube-scheduler:v1.34.2 registry.k8s.io/kube-proxy:v1.34.2 registry.k8s.io/pause:3.10.1 registry.k8s.io/coredns/coredns:v1.12.1 registry.k8s.io/etcd:3.6.5-0 ghcr.io/flannel-io/flannel:v0.26.7 docker.io/library/nginx:1.22
fi
)
status=$?
set -e
if [ "$status" != 0 ]; then
  systemctl is-active --quiet nodewright-images.service
fi
}
apply() {
umask 077
mkdir -p /run/nodewright/background
cat >/run/nodewright/background/images.sh <<'END'
docker pull registry.k8s.io/kube-apiserver:v1.34.2 >/dev/null &
docker pull registry.k8s.io/kube-controller-manager:v1.34.2 >/dev/null &
docker pull registry.k8s.io/kube-scheduler:v1.34.2 >/dev/null &
docker pull registry.k8s.io/kube-proxy:v1.34.2 >/dev/null &
docker pull registry.k8s.io/pause:3.10.1 >/dev/null &
docker pull registry.k8s.io/coredns/coredns:v1.12.1 >/dev/null &
docker pull registry.k8s.io/etcd:3.6.5-0 >/dev/null &
docker pull ghcr.io/flannel-io/flannel:v0.26.7 >/dev/null &
docker pull docker.io/library/nginx:1.22 >/dev/null &
wait
END
if systemctl is-failed --quiet nodewright-images.service; then
  systemctl reset-failed nodewright-images.service
fi
systemd-run --unit=nodewright-images.service --description='nodewright: images' timeout -k 10 1800 sh -e /run/nodewright/background/images.sh
echo "$nw_run_id" >/run/nodewright/background/images.run
}
