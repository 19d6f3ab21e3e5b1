#!/bin/sh
# contents on 1.34.2-docker-control-plane

# prepare
#     host name node1
#     block nodewright in /etc/hosts
#     firewalld off
#     SELinux permissive at boot
#     SELinux permissive now
#     no swap in fstab
#     no zram swap at boot
#     swap off
#     modules of the kernel on the disk
#     a kernel that has its modules
#     module overlay at boot
#     module overlay
#     module br_netfilter at boot
#     module br_netfilter
#     module nf_conntrack at boot
#     module nf_conntrack
#     kernel settings at boot (/etc/sysctl.d/99-zz-nodewright.conf)
#     kernel settings (/etc/sysctl.d/99-zz-nodewright.conf)
#     interfaces that NetworkManager leaves alone
#     NetworkManager has read it
#     nm-cloud-setup.timer masked
#     nm-cloud-setup.service masked
#     no name servers of ours
#     no authorities of mirrors
#     no proxy of ours for the package manager
#     repository nodewright-kubernetes
#     repository nodewright-docker
#     no other repositories of the site
#     Kubernetes 1.34.2, docker and tools
#     cri-dockerd from https://github.com/Mirantis/cri-dockerd/releases/download/v0.3.26/cri-dockerd-0.3.26.amd64.tgz
#     no time servers of ours
#     service chronyd.service
#     no logins of registries of ours
#     group docker
#     file /etc/docker/daemon.json
#     no proxy of ours for docker.service
#     service containerd.service
#     service docker.service
#     file /etc/systemd/system/cri-docker.service
#     file /etc/systemd/system/cri-docker.socket
#     no /etc/systemd/system/cri-docker.service.d/nodewright.conf
#     service cri-docker.socket
#     service cri-docker.service
#     image pulls begun
#     no proxy of ours for kubelet.service
#     no kubelet settings of this node's own
#     kubelet starts at boot
# init
#     kubeadm's configuration
#     kubeadm init
#     API server answers
#     kubeconfig of root
#     kubeconfig of vagrant
# settings
#     kubelet settings in the cluster
#     kube-proxy settings
#     kubelet runs with these settings
# network
#     manifest of flannel
#     flannel applied
#     manifest of metallb-definitions
#     metallb-definitions applied
#     manifest of metallb-pool
#     metallb-pool applied
#     flannel runs here
# load balancer
#     manifest of metallb
#     metallb applied
# nodes
