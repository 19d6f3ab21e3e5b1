#!/bin/bash
# The bar to measure against: what an expert's plain script needs from three bare lab nodes to a fetched page.
# Nothing is checked twice and nothing is verified on the way, so a tool that does more cannot be much faster.
#
#   by_hand.sh LAB_STATE GATEWAY POOL_FIRST CONTROL_PLANE WORKER...
#
# LAB_STATE is the lab's folder (id_ed25519 lies in it), GATEWAY the address of its mirror, POOL_FIRST the first
# load-balancer address, then the nodes' addresses. Prints a line per stage: seconds since the start.
# What the nodes said lies in a temporary folder that a failure leaves behind.
set -euo pipefail
state=$1 gateway=$2 pool_first=$3 control_plane=$4
shift 3
nodes=("$@")
version=${KUBERNETES:-1.34.2}
pause=${PAUSE:-3.10.1}
registry=$gateway:5000
files=http://$gateway:8081
folder=$(mktemp -d /tmp/by-hand.XXXXXX)
trap '[ $? -ne 0 ] || rm -rf "$folder"' EXIT

on() {
  ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ControlMaster=auto \
    -o "ControlPath=$folder/%h" -o ControlPersist=60 -i "$state/id_ed25519" "root@$1" "${@:2}"
}
kubectl() { on "$control_plane" KUBECONFIG=/etc/kubernetes/admin.conf kubectl "$@"; }
every() { for job in $(jobs -p); do wait "$job"; done; } # as wait, but fails when one of them did
started=$(date +%s.%N)
lap() { printf '%-28s %6.1f s\n' "$1" "$(echo "$(date +%s.%N) - $started" | bc)"; }

prepare() {
  cat <<REPOS >/etc/yum.repos.d/by-hand.repo
[kubernetes]
name=kubernetes
baseurl=$files/pkgs.k8s.io/core:/stable:/v${version%.*}/rpm/
gpgcheck=0
[docker]
name=docker
baseurl=$files/download.docker.com/linux/centos/9/x86_64/stable/
gpgcheck=0
[cri-dockerd]
name=cri-dockerd
baseurl=$files/cri-dockerd/
gpgcheck=0
REPOS
  swapoff -a
  systemctl disable --now firewalld
  echo br_netfilter >/etc/modules-load.d/k8s.conf
  sysctl -w net.bridge.bridge-nf-call-iptables=1 net.ipv4.ip_forward=1
  mkdir -p /etc/docker
  cat <<DOCKER >/etc/docker/daemon.json
{"exec-opts":["native.cgroupdriver=cgroupfs"],"insecure-registries":["$registry"]}
DOCKER
  dnf -y -q --disablerepo='*' --enablerepo=kubernetes,docker,cri-dockerd install \
    "kubeadm-$version" "kubelet-$version" "kubectl-$version" docker-ce cri-dockerd
  mkdir -p /etc/systemd/system/cri-docker.service.d
  cat <<UNIT >/etc/systemd/system/cri-docker.service.d/by-hand.conf
[Service]
ExecStart=
ExecStart=/usr/bin/cri-dockerd --container-runtime-endpoint fd:// --network-plugin=cni --pod-infra-container-image=$registry/pause:$pause
UNIT
  systemctl daemon-reload
  systemctl enable -q --now containerd docker cri-docker.socket cri-docker kubelet
}

init() {
  cat <<KUBEADM >/root/kubeadm.yaml
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: {advertiseAddress: $control_plane}
nodeRegistration:
  criSocket: unix:///run/cri-dockerd.sock
  kubeletExtraArgs: [{name: node-ip, value: $control_plane}]
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v$version
imageRepository: $registry
dns: {imageRepository: $registry/coredns}
networking: {podSubnet: 10.244.0.0/16, serviceSubnet: 10.96.0.0/12}
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: cgroupfs
oomScoreAdj: 0
imageGCHighThresholdPercent: 100
evictionHard: {imagefs.available: '1%', nodefs.available: '1%', nodefs.inodesFree: '1%', memory.available: 100Mi}
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
oomScoreAdj: 0
conntrack: {maxPerCore: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
KUBEADM
  kubeadm init --config /root/kubeadm.yaml --ignore-preflight-errors=SystemVerification
}

script() { # the variables and one of the functions above, as a script for a node
  declare -p files registry version pause control_plane
  declare -f "$1"
  echo "set -e; $1"
}

for node in "${nodes[@]}"; do script prepare | on "$node" bash -s >"$folder/$node.log" 2>&1 & done
every
lap "prepared"
script init | on "$control_plane" bash -s >"$folder/init.log" 2>&1
lap "control plane up"
github=$files/github.com metallb=$files/raw.githubusercontent.com/metallb/metallb
curl -sf "$github/flannel-io/flannel/releases/download/v0.26.7/kube-flannel.yml" |
  sed "s#ghcr.io/#$registry/#" | kubectl apply -f - >"$folder/flannel.log"
curl -sf "$metallb/v0.15.2/config/manifests/metallb-native.yaml" |
  sed "s#quay.io/#$registry/#" | kubectl apply -f - >"$folder/metallb.log"
join=$(on "$control_plane" kubeadm token create --print-join-command)
for node in "${nodes[@]:1}"; do
  on "$node" "$join --cri-socket unix:///run/cri-dockerd.sock --ignore-preflight-errors=SystemVerification" \
    >"$folder/join-$node.log" 2>&1 &
done
every
lap "workers joined"
kubectl wait --for=condition=Ready node --all --timeout=180s >"$folder/wait.log"
lap "nodes Ready"
kubectl apply -f - >"$folder/nginx.log" <<NGINX
apiVersion: apps/v1
kind: Deployment
metadata: {name: nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: nginx}}
  template:
    metadata: {labels: {app: nginx}}
    spec:
      containers: [{name: nginx, image: '$registry/library/nginx:${NGINX:-1.22}', ports: [{containerPort: 80}]}]
---
apiVersion: v1
kind: Service
metadata: {name: nginx}
spec: {type: NodePort, selector: {app: nginx}, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: v1
kind: Service
metadata: {name: nginx-lb}
spec: {type: LoadBalancer, selector: {app: nginx}, ports: [{port: 80}]}
NGINX
kubectl -n metallb-system wait --for=condition=Available deploy/controller --timeout=180s >>"$folder/wait.log"
lap "MetalLB controller up"
until kubectl apply -f - >>"$folder/pool.log" 2>&1 <<POOL; do sleep 0.5; done
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: pool, namespace: metallb-system}
spec: {addresses: [$pool_first-$pool_first]}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {name: l2, namespace: metallb-system}
POOL
kubectl wait --for=condition=Available deploy/nginx --timeout=180s >>"$folder/wait.log"
lap "nginx up"
for node in "${nodes[@]}"; do until curl -sf -m 3 "http://$node:30080" >/dev/null; do sleep 0.2; done; done
lap "NodePort on every node"
until curl -sf -m 3 "http://$pool_first" >/dev/null; do sleep 0.2; done
lap "load-balancer address"
