"""Defines the workflow from bare machines to a page that is fetched through the cluster."""

from __future__ import annotations

from nodewright.workflow.stages import Input, Stage, Workflow
from roles.addons.flannel import flannel, pod_network
from roles.addons.metallb import metallb, metallb_pools
from roles.control_plane.cluster_settings import cluster_settings
from roles.control_plane.join_secrets import (
    CA_HASH,
    CERTIFICATE_KEY,
    TOKEN,
    certificates_given,
    certificates_withdrawn,
    join_token_given,
    join_token_revoked,
)
from roles.control_plane.kubeadm_init import kubeadm_init
from roles.control_plane.kubeconfig import kubeconfig
from roles.host.authorities import authorities
from roles.host.clock import clock
from roles.host.firewall import firewall
from roles.host.identity import identity
from roles.host.kernel import kernel
from roles.host.network_manager import network_manager
from roles.host.resolver import resolver
from roles.host.selinux import selinux
from roles.host.swap import swap
from roles.node.kubeadm_join import kubeadm_join
from roles.node.kubelet import kubelet
from roles.node.kubelet_settings import kubelet_settings
from roles.node.node_marks import node_marks
from roles.software.images import images
from roles.software.packages import software
from roles.software.registry_logins import registry_logins
from roles.software.repositories import repositories
from roles.software.runtime import runtime
from workflows.hosts import (
    all_are_members,
    control_planes,
    every_host,
    first_control_plane,
    further_control_planes,
    is_current_member,
    is_member,
    kubelet_is_current,
    workers,
)
from workflows.kubeconfig import fetch_kubeconfig
from workflows.smoke import smoke

JOIN_TOKEN = Input(
    names=(TOKEN, CA_HASH),
    source=control_planes,
    give=join_token_given,
    revoke=join_token_revoked,
)
CERTIFICATES = Input(
    names=(CERTIFICATE_KEY,),
    source=control_planes,
    give=certificates_given,
    revoke=certificates_withdrawn,
)
JOINS = ("join control plane", "join", "pod network")

PROVISION = Workflow(
    name="provision",
    stages=(
        Stage(
            name="prepare",
            on=every_host,
            roles=(
                identity, firewall, selinux, swap, kernel, network_manager, resolver,
                authorities, repositories, software, clock, registry_logins, runtime, images, kubelet,
            ),
        ),
        Stage(name="init", on=first_control_plane, roles=(kubeadm_init, kubeconfig), needs=("prepare",)),
        Stage(
            name="settings",
            on=first_control_plane,
            roles=(cluster_settings, kubelet_settings),
            needs=("init",),
        ),
        Stage(name="network", on=first_control_plane, roles=(flannel, metallb_pools, pod_network), needs=("init",)),
        # Control planes join one after the other, since each join changes the members of etcd.
        Stage(
            name="join control plane",
            on=further_control_planes,
            roles=(kubeadm_join, kubeconfig, kubelet_settings, pod_network),
            needs=("prepare", "settings", "network"),
            inputs=(JOIN_TOKEN, CERTIFICATES),
            independent=is_current_member,
            lane="etcd",
        ),
        Stage(
            name="join",
            on=workers,
            roles=(kubeadm_join,),
            needs=("prepare", "init"),
            inputs=(JOIN_TOKEN,),
            independent=is_member,
            lane="join",
        ),
        Stage(
            name="kubelet settings",
            on=workers,
            roles=(kubelet_settings,),
            needs=("join", "settings"),
            independent=kubelet_is_current,
        ),
        Stage(name="pod network", on=workers, roles=(pod_network,), needs=("join", "network"), independent=is_member),
        # MetalLB's controller does not tolerate the taint of control planes: it starts with the first worker.
        Stage(
            name="load balancer",
            on=first_control_plane,
            roles=(metallb,),
            needs=("network",),
            after_any=("pod network",),
            independent=all_are_members,
        ),
        Stage(
            name="nodes",
            on=first_control_plane,
            roles=(node_marks,),
            needs=("network",),
            settled=JOINS,
            independent=all_are_members,
        ),
        Stage(name="kubeconfig", on=None, tasks=(fetch_kubeconfig(),), needs=("init",)),
        # Only this stage looks at the whole cluster, so it waits for everything that restarts a runtime or a kubelet.
        Stage(
            name="smoke",
            on=None,
            tasks=(smoke("prepare", *JOINS),),
            needs=("load balancer",),
            settled=("prepare", "settings", *JOINS, "kubelet settings", "nodes"),
        ),
    ),
    lanes={"etcd": 1, "join": 20},
)  # fmt: skip

SMOKE = Workflow(name="smoke", stages=(Stage(name="smoke", on=None, tasks=(smoke(),)),), lanes={})
