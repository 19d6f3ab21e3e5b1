#!/bin/sh
# node_marks on 1.34.2-docker-control-plane, 1.13.3-docker-control-plane, 1.20.15-docker-control-plane, 1.24.17-docker-control-plane, 1.31.14-containerd-control-plane, 1.34.2-containerd-mirrored-control-plane, 1.34.2-docker-mirrored-control-plane, 1.36.1-site-control-plane, selinux-disabled-control-plane, selinux-enforcing-control-plane, selinux-enforcing-at-last-control-plane

