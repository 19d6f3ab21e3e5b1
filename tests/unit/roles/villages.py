"""Clusters to render: an inventory in memory, and hosts that answered what a test says they did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kube.facts.host import SELINUX, SWAP, UNITS, SeLinux, Swap, Unit
from kube.objects.addons import addons
from kube.settings.inventory import Inventory
from kube.settings.node import NodeSettings
from kube.versions.addons import flannel_namespace
from nodewright.facts import (
    KERNEL,
    OPERATING_SYSTEM,
    PACKAGE_MANAGER,
    Kernel,
    OperatingSystem,
    PackageManager,
)
from nodewright.facts.fragment import Facts, Fragment
from nodewright.run.host_script import section
from nodewright.script.compile import Script, compile_script
from nodewright.script.step import Step
from nodewright.transport import Target
from nodewright.workflow.context import Context, Host, Role
from nodewright.workflow.stages import Stage, Workflow, variable
from roles.software.runtime import runtime
from workflows.provision import PROVISION
from workflows.reset import reset_workflow
from workflows.session import ALL_FRAGMENTS

#: Small likenesses of the published manifests.
FLANNEL = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: kube-flannel-cfg
  namespace: kube-flannel
data:
  net-conf.json: |
    {"Network": "10.244.0.0/16", "Backend": {"Type": "vxlan"}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: kube-flannel-ds
  namespace: kube-flannel
spec:
  template:
    metadata:
      labels: {app: flannel}
    spec:
      containers:
      - name: kube-flannel
        image: ghcr.io/flannel-io/flannel:v0.26.7
        args: [--ip-masq, --kube-subnet-mgr]
        env: []
"""
METALLB = """\
apiVersion: v1
kind: Namespace
metadata:
  name: metallb-system
  labels: {pod-security.kubernetes.io/enforce: privileged}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ipaddresspools.metallb.io}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: controller
  namespace: metallb-system
spec:
  template:
    spec:
      containers:
      - image: quay.io/metallb/controller:v0.15.2
        name: controller
"""

Answers = Mapping[Fragment[Any], Any]

#: What a plain EL 9 says where it matters to a role.
DNF: Answers = {
    KERNEL: Kernel(release="5.14.0-570.el9.x86_64", machine="x86_64"),
    OPERATING_SYSTEM: OperatingSystem(id="rocky", like=("rhel", "centos", "fedora"), version="9.6"),
    PACKAGE_MANAGER: PackageManager("dnf", "/usr/bin/dnf-3"),
    SELINUX: SeLinux("enforcing"),
    UNITS: {
        "NetworkManager.service": Unit("active", "enabled"),
        "chronyd.service": Unit("active", "enabled"),
    },
}
#: And what CentOS 7 says, which comes with ntpd and a swap partition.
YUM: Answers = {
    **DNF,
    OPERATING_SYSTEM: OperatingSystem(id="centos", like=("rhel", "fedora"), version="7"),
    PACKAGE_MANAGER: PackageManager("yum", "/usr/bin/yum"),
    SWAP: Swap(("dev-mapper-centos\\x2dswap.swap",)),
    UNITS: {**DNF[UNITS], "ntpd.service": Unit("active", "enabled")},
}
#: Fedora and EL in a cloud: swap in memory, and a service that sets routing rules.
CLOUD: Answers = {
    **DNF,
    SWAP: Swap(("dev-zram0.swap",)),
    UNITS: {**DNF[UNITS], "nm-cloud-setup.service": Unit("inactive", "enabled")},
}


def inventory(
    cluster: Mapping[str, Any] | None = None,
    *,
    mirrors: Mapping[str, Any] | None = None,
    control_planes: Mapping[str, Any] | None = None,
    workers: Mapping[str, Any] | None = None,
) -> Inventory:
    """One control plane and one worker, unless the test says otherwise."""
    return Inventory.model_validate(
        {
            "cluster": {"name": "village", **(cluster or {})},
            "mirrors": mirrors or {},
            "control_planes": control_planes or {"node1": {"address": "192.168.56.11"}},
            "workers": {"node2": {"address": "192.168.56.12"}} if workers is None else workers,
        }
    )


def contexts(
    of: Inventory, answers: Answers = DNF, by_host: Mapping[str, Answers] | None = None, *, at: float = 0.0
) -> dict[str, Context[NodeSettings]]:
    """What roles see on each host; all gave the same answers, but for `by_host`, and none where nothing is said.

    Args:
        at: when they did, by the operator's clock.
    """
    hosts = {
        name: _host(of, group, name, settings.address)
        for group, members in (("control_planes", of.control_planes), ("workers", of.workers))
        for name, settings in members.items()
    }
    silence = {fragment.name: fragment.parse("") for fragment in ALL_FRAGMENTS}
    facts = {}
    for name in hosts:
        said = {**DNF, **answers, **(by_host or {}).get(name, {})}
        facts[name] = Facts(
            {**silence, **{fragment.name: answer for fragment, answer in said.items()}}, at=at
        )
    return {name: Context(host=host, hosts=hosts, facts=facts) for name, host in hosts.items()}


def context(
    of: Inventory | None = None, name: str = "node1", answers: Answers = DNF
) -> Context[NodeSettings]:
    """What roles see on one host."""
    return contexts(of or inventory(), answers)[name]


RESET = reset_workflow([], packages=True)


def stages(ctx: Context[NodeSettings], workflow: Workflow = PROVISION) -> list[Stage]:
    """What a workflow does on that host, in its order."""
    hosts = list(ctx.hosts.values())
    return [stage for stage in workflow.stages if stage.on is not None and ctx.host in stage.on(hosts)]


def whole(ctx: Context[NodeSettings], workflow: Workflow = PROVISION) -> Script:
    """All of that as one script."""

    def with_inputs(names: Mapping[str, str]) -> Context[NodeSettings]:
        return replace(ctx, inputs=names)

    return compile_script(
        [
            section(stage.name, stage.inputs, stage.roles, with_inputs, own_machine=False)
            for stage in stages(ctx, workflow)
        ]
    )


def by_role(ctx: Context[NodeSettings]) -> dict[str, tuple[Step, ...]]:
    """The steps of each role that is run on that host; of one that comes twice, the first time's."""
    found: dict[str, tuple[Step, ...]] = {}
    for stage in (*stages(ctx), *stages(ctx, RESET)):
        names = {name: variable(name) for entry in stage.inputs for name in entry.names}
        for role in stage.roles:
            name = ctx.settings.cluster.runtime if role is runtime else role.__name__
            found.setdefault(name, tuple(role(replace(ctx, inputs=names))))
    return found


def steps_of(role: Role[NodeSettings], ctx: Context[NodeSettings]) -> dict[str, Step]:
    """The steps of a role by their names."""
    return {step.name: step for step in role(ctx)}


def _host(of: Inventory, group: str, name: str, address: str) -> Host[NodeSettings]:
    namespace = flannel_namespace(of.cluster.kubernetes)
    fetched = addons(
        of.cluster,
        of.mirrors,
        flannel_text=FLANNEL.replace("namespace: kube-flannel", f"namespace: {namespace}"),
        metallb_text=METALLB,
    )
    return Host(
        name=name,
        address=address,
        groups=(group,),
        target=Target(name=name, host=address, user="vagrant"),
        settings=replace(of.settings_of(group, name), fetched=fetched),
    )
