#!/bin/sh
# software_removed on 1.34.2-docker-control-plane, 1.34.2-docker-worker, 1.20.15-docker-control-plane, 1.20.15-docker-worker, 1.24.17-docker-control-plane, 1.24.17-docker-worker, 1.31.14-containerd-control-plane, 1.31.14-containerd-worker, 1.34.2-containerd-mirrored-control-plane, 1.34.2-containerd-mirrored-worker, 1.34.2-docker-mirrored-control-plane, 1.34.2-docker-mirrored-worker, 1.36.1-everything-control-plane, 1.36.1-everything-worker, single-node-control-plane, selinux-disabled-control-plane, selinux-disabled-worker, selinux-enforcing-control-plane, selinux-enforcing-worker, selinux-enforcing-at-last-control-plane, selinux-enforcing-at-last-worker

# ---- no packages of ours (at most 900 s)
check() {
if rpm -q --quiet cri-tools; then
  exit 1
fi
if rpm -q --quiet kubeadm; then
  exit 1
fi
if rpm -q --quiet kubectl; then
  exit 1
fi
if rpm -q --quiet kubelet; then
  exit 1
fi
if rpm -q --quiet kubernetes-cni; then
  exit 1
fi
if rpm -q --quiet containerd.io; then
  exit 1
fi
if rpm -q --quiet cri-dockerd; then
  exit 1
fi
if rpm -q --quiet docker-ce; then
  exit 1
fi
if rpm -q --quiet docker-ce-cli; then
  exit 1
fi
}
show() {
if rpm -q --quiet cri-tools; then
  rpm -q cri-tools
fi
if rpm -q --quiet kubeadm; then
  rpm -q kubeadm
fi
if rpm -q --quiet kubectl; then
  rpm -q kubectl
fi
if rpm -q --quiet kubelet; then
  rpm -q kubelet
fi
if rpm -q --quiet kubernetes-cni; then
  rpm -q kubernetes-cni
fi
if rpm -q --quiet containerd.io; then
  rpm -q containerd.io
fi
if rpm -q --quiet cri-dockerd; then
  rpm -q cri-dockerd
fi
if rpm -q --quiet docker-ce; then
  rpm -q docker-ce
fi
if rpm -q --quiet docker-ce-cli; then
  rpm -q docker-ce-cli
fi
}
apply() {
dnf -y --disableexcludes=all remove cri-tools kubeadm kubectl kubelet kubernetes-cni containerd.io cri-dockerd docker-ce docker-ce-cli
}

# ---- no /etc/yum.repos.d/nodewright-kubernetes.repo (at most 300 s)
check() {
[ ! -L /etc/yum.repos.d/nodewright-kubernetes.repo ]
[ ! -e /etc/yum.repos.d/nodewright-kubernetes.repo ]
}
show() {
stat -c '%A %n' /etc/yum.repos.d/nodewright-kubernetes.repo
}
apply() {
rm -df /etc/yum.repos.d/nodewright-kubernetes.repo
}

# ---- no /etc/yum.repos.d/nodewright-docker.repo (at most 300 s)
check() {
[ ! -L /etc/yum.repos.d/nodewright-docker.repo ]
[ ! -e /etc/yum.repos.d/nodewright-docker.repo ]
}
show() {
stat -c '%A %n' /etc/yum.repos.d/nodewright-docker.repo
}
apply() {
rm -df /etc/yum.repos.d/nodewright-docker.repo
}

# ---- no /etc/yum.repos.d/nodewright-cri-dockerd.repo (at most 300 s)
check() {
[ ! -L /etc/yum.repos.d/nodewright-cri-dockerd.repo ]
[ ! -e /etc/yum.repos.d/nodewright-cri-dockerd.repo ]
}
show() {
stat -c '%A %n' /etc/yum.repos.d/nodewright-cri-dockerd.repo
}
apply() {
rm -df /etc/yum.repos.d/nodewright-cri-dockerd.repo
}

# ---- no /var/lib/nodewright/packages (at most 300 s)
check() {
[ ! -L /var/lib/nodewright/packages ]
[ ! -e /var/lib/nodewright/packages ]
}
show() {
stat -c '%A %n' /var/lib/nodewright/packages
}
apply() {
rm -rf --one-file-system /var/lib/nodewright/packages
}

# ---- no memory of restarts (at most 300 s)
check() {
[ ! -L /var/lib/nodewright/stamps ]
[ ! -e /var/lib/nodewright/stamps ]
}
show() {
stat -c '%A %n' /var/lib/nodewright/stamps
}
apply() {
rm -rf --one-file-system /var/lib/nodewright/stamps
}
