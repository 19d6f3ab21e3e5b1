"""Holds the table of kubelet's and kube-proxy's settings that need something else on the host or in the inventory.

Either a step sees to what they need, or the check refuses them. Without what they need, kubelet or kube-proxy does
not start, or not after the next boot, and says why only in its journal.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from kube.checks.passed import Passed
from kube.kubeadm.configuration import merged
from kube.paths import CA, STATIC_PODS
from kube.settings.models import Cluster, HostSettings
from nodewright.inventory import Finding, Unread

Path = tuple[str | int, ...]

#: The kubelet needs these kernel settings, and sets them itself unless protectKernelDefaults is true:
#: setupKernelTunables in pkg/kubelet/cm/container_manager_linux.go, alike from 1.13 to 1.36.
_KERNEL_DEFAULTS = {
    "vm.overcommit_memory": "1",
    "vm.panic_on_oom": "0",
    "kernel.panic": "10",
    "kernel.panic_on_oops": "1",
    "kernel.keys.root_maxkeys": "1000000",
    "kernel.keys.root_maxbytes": "25000000",
}
#: A node has a /24 of the pod network, and the bridge has one of its addresses.
_ADDRESSES_OF_A_NODE = 253
#: Maps a field to the feature gate without which the kubelet refuses it, and to the first minor that has the gate on.
_GATES = {
    "cpuCFSQuotaPeriod": ("CustomCPUCFSQuotaPeriod", 36),
    "cpuManagerPolicyOptions": ("CPUManagerPolicyOptions", 23),
    "crashLoopBackOff": ("KubeletCrashLoopBackOffMax", 35),
    "enableSystemLogQuery": ("NodeLogQuery", 36),
    "imageMaximumGCAge": ("ImageMaximumGCAge", 30),
    "imagePullCredentialsVerificationPolicy": ("KubeletEnsureSecretPulledImages", 35),
    "memorySwap": ("NodeSwap", 30),
    "preloadedImagesVerificationAllowlist": ("KubeletEnsureSecretPulledImages", 35),
    "reservedMemory": ("MemoryManager", 22),
    "seccompDefault": ("SeccompDefault", 25),
    "shutdownGracePeriod": ("GracefulNodeShutdown", 21),
    "shutdownGracePeriodByPodPriority": ("GracefulNodeShutdownBasedOnPodPriority", 24),
    "topologyManagerPolicy": ("TopologyManager", 18),
    "topologyManagerPolicyOptions": ("TopologyManagerPolicyOptions", 28),
    "tracing": ("KubeletTracing", 27),
}
#: These values are the fields' defaults, and need no gate.
_NEEDS_NO_GATE: tuple[object, ...] = (None, False, "", "none", "0s", "100ms", [], {})


@dataclass(frozen=True)
class Need:
    """Holds a row of the table.

    Args:
        setting: `kubelet` or `kube_proxy`, and the field's path.
        what: what the setting needs, as the predicate of a sentence whose subject is the setting.
        source: the source of that.
        missing: whether the setting is set and lacks what it needs; None where a step sees to it.
        advice: what to write instead, or which step sees to it.
    """

    setting: str
    what: str
    source: str
    missing: Callable[[Passed], bool] | None
    advice: str


def _other_than(*keys: str, value: object) -> Callable[[Passed], bool]:
    return lambda passed: passed.get(*keys) not in (None, value)


def _without_gate(field: str, gate: str, minor: int) -> Callable[[Passed], bool]:
    return lambda passed: (
        passed.minor < minor and passed.get(field) not in _NEEDS_NO_GATE and not passed.gate(gate)
    )


_VALIDATION = "pkg/kubelet/apis/config/validation/validation.go"
_KUBEADM = "cmd/kubeadm/app/componentconfigs/kubelet.go"
_REMOVE = "remove it"

NEEDS = (
    Need(
        "kubelet.protectKernelDefaults",
        "needs six kernel settings (vm.overcommit_memory and others); without them the kubelet ends",
        "pkg/kubelet/cm/container_manager_linux.go, setupKernelTunables",
        None,
        "made: they are set, and set again at each boot",
    ),
    Need(
        "kubelet.cpuManagerPolicy",
        "needs the state of another policy, or of other reserved CPUs, to be gone",
        "pkg/kubelet/cm/cpumanager/state/state_checkpoint.go; kubernetes.io, Control CPU Management Policies",
        None,
        "made: the state goes before the kubelet restarts, once no pod on the node has CPUs of its own (drain it)",
    ),
    Need(
        "kubelet.resolvConf",
        "needs its file on the host; so do `tlsCertFile` and `tlsPrivateKeyFile`",
        "pkg/kubelet/network/dns/dns.go; cmd/kubelet/app/server.go",
        None,
        "looked for before kubeadm runs",
    ),
    Need(
        "kubelet.resolvConf",
        "needs a path that begins with /; so do `tlsCertFile` and `tlsPrivateKeyFile`",
        "cmd/kubelet/app/server.go: the kubelet runs in /",
        lambda passed: any(
            not str(passed.get(key) or "/").startswith("/")
            for key in ("resolvConf", "tlsCertFile", "tlsPrivateKeyFile")
        ),
        "write the whole path",
    ),
    Need(
        "kubelet.systemReservedCgroup",
        "needs to be there when `enforceNodeAllocatable` names it, and so does `kubeReservedCgroup`",
        "pkg/kubelet/cm/node_container_manager_linux.go, enforceExistingCgroup",
        None,
        "looked for before kubeadm runs",
    ),
    Need(
        "kubelet.cgroupDriver",
        "needs the runtime to have the same",
        "kubernetes.io, Configuring a cgroup driver",
        None,
        "made: Docker's and containerd's follow cluster.kubelet",
    ),
    Need(
        "kubelet.cgroupDriver",
        "needs the runtime to have the same, which follows cluster.kubelet",
        "kubernetes.io, Configuring a cgroup driver",
        lambda passed: "cgroupDriver" in (passed.own or {}),
        "set it in cluster.kubelet, for all hosts",
    ),
    Need(
        "kubelet.cpuManagerPolicy",
        "is `static`, which needs CPUs reserved: `reservedSystemCPUs`, or cpu in `systemReserved` or `kubeReserved`",
        "pkg/kubelet/cm/cpumanager/cpu_manager.go",
        lambda passed: (
            passed.get("cpuManagerPolicy") == "static"
            and not any(
                passed.get(*keys)
                for keys in (("reservedSystemCPUs",), ("systemReserved", "cpu"), ("kubeReserved", "cpu"))
            )
        ),
        'add for example systemReserved: {cpu: "1"}',
    ),
    Need(
        "kubelet.memoryManagerPolicy",
        "is `Static`, which needs `reservedMemory`: the sum of systemReserved, kubeReserved and evictionHard",
        "pkg/kubelet/cm/memorymanager/memory_manager.go, validateReservedMemory",
        lambda passed: passed.get("memoryManagerPolicy") == "Static" and not passed.get("reservedMemory"),
        "add reservedMemory for each NUMA node",
    ),
    Need(
        "kubelet.maxParallelImagePulls",
        "is more than 1, which needs `serializeImagePulls: false`",
        _VALIDATION,
        lambda passed: (
            passed.number("maxParallelImagePulls", 1) > 1 and passed.get("serializeImagePulls") is not False
        ),
        "add serializeImagePulls: false",
    ),
    Need(
        "kubelet.enforceNodeAllocatable",
        "names reserved resources, which needs `systemReservedCgroup` or `kubeReservedCgroup`",
        f"{_VALIDATION}; pkg/kubelet/cm/node_container_manager_linux.go, enforceExistingCgroup",
        lambda passed: any(
            one.startswith(f"{part}-reserved") and not passed.get(f"{part}ReservedCgroup")
            for part in ("system", "kube")
            for one in passed.texts("enforceNodeAllocatable")
        ),
        "add for example systemReservedCgroup: /system.slice",
    ),
    Need(
        "kubelet.reservedSystemCPUs",
        "cannot stand beside `systemReservedCgroup` or `kubeReservedCgroup`",
        _VALIDATION,
        lambda passed: bool(
            passed.get("reservedSystemCPUs")
            and (passed.get("systemReservedCgroup") or passed.get("kubeReservedCgroup"))
        ),
        "remove one of them",
    ),
    Need(
        "kubelet.cgroupsPerQOS",
        "is false, which needs `enforceNodeAllocatable: [none]`",
        _VALIDATION,
        lambda passed: (
            passed.get("cgroupsPerQOS") is False
            and passed.get("enforceNodeAllocatable") not in ([], ["none"])
        ),
        "add enforceNodeAllocatable: [none]",
    ),
    Need(
        "kubelet.systemCgroups",
        "needs `cgroupRoot`",
        _VALIDATION,
        lambda passed: bool(passed.get("systemCgroups")) and not passed.get("cgroupRoot"),
        "add cgroupRoot: /",
    ),
    Need(
        "kubelet.evictionSoft",
        "needs a grace period for each signal in `evictionSoftGracePeriod`",
        "pkg/kubelet/eviction/helpers.go",
        lambda passed: bool(_keys(passed.get("evictionSoft")) - _keys(passed.get("evictionSoftGracePeriod"))),
        "add evictionSoftGracePeriod with the same signals",
    ),
    Need(
        "kubelet.imageGCHighThresholdPercent",
        "needs to be more than `imageGCLowThresholdPercent`, which is 80 by default",
        _VALIDATION,
        lambda passed: (
            passed.number("imageGCLowThresholdPercent", 80)
            >= passed.number("imageGCHighThresholdPercent", 85)
        ),
        "set both",
    ),
    Need(
        "kubelet.maxPods",
        f"is more than {_ADDRESSES_OF_A_NODE}, and a node has a /24 of cluster.pod_cidr for its pods",
        "kube-controller-manager, --node-cidr-mask-size",
        lambda passed: (
            passed.number("maxPods", 110) > _ADDRESSES_OF_A_NODE
            and "controllerManager" not in passed.cluster.cluster_configuration
        ),
        "take fewer, or give node-cidr-mask-size to controllerManager in cluster.cluster_configuration",
    ),
    Need(
        "kubelet.memorySwap",
        "needs swap, which nodewright turns off on all hosts",
        "pkg/kubelet/types/constants.go, LimitedSwap and UnlimitedSwap",
        lambda passed: passed.get("memorySwap", "swapBehavior") not in (None, "", "NoSwap"),
        _REMOVE,
    ),
    Need(
        "kubelet.staticPodPath",
        f"needs to be {STATIC_PODS}, where kubeadm puts the control plane",
        _KUBEADM,
        _other_than("staticPodPath", value=STATIC_PODS),
        _REMOVE,
    ),
    Need(
        "kubelet.authentication.x509.clientCAFile",
        f"needs to be {CA}: the API server shows a certificate of that CA",
        _KUBEADM,
        _other_than("authentication", "x509", "clientCAFile", value=CA),
        _REMOVE,
    ),
    Need(
        "kubelet.rotateCertificates",
        "is false, and kubeadm sets it to true",
        _KUBEADM,
        _other_than("rotateCertificates", value=True),
        _REMOVE,
    ),
    Need(
        "kubelet.serverTLSBootstrap",
        "needs somebody to approve each kubelet's certificate, and nobody does here: logs and exec would fail",
        "kubernetes.io, Certificate Management with kubeadm",
        lambda passed: passed.get("serverTLSBootstrap") is True,
        _REMOVE,
    ),
    Need(
        "kubelet.healthzPort",
        "needs to be 10248: kubeadm before 1.31 asks there whether the kubelet runs",
        "cmd/kubeadm/app/util/apiclient/wait.go",
        lambda passed: passed.minor < 31 and passed.get("healthzPort") not in (None, 10248),
        _REMOVE,
    ),
    Need(
        "kubelet.enableServer",
        "is false: the API server reaches no kubelet then, and logs and exec fail",
        "pkg/kubelet/server",
        _other_than("enableServer", value=True),
        _REMOVE,
    ),
    Need(
        "kubelet.registerNode",
        "is false: kubeadm waits for the node, which never comes",
        "cmd/kubeadm/app/phases/patchnode/patchnode.go",
        _other_than("registerNode", value=True),
        _REMOVE,
    ),
    Need(
        "kubelet.runOnce",
        "is true: the kubelet ends after its first pods",
        _VALIDATION,
        _other_than("runOnce", value=False),
        _REMOVE,
    ),
    Need(
        "kubelet.containerRuntimeEndpoint",
        "is the socket of the runtime, which kubeadm gives to the kubelet",
        "cmd/kubeadm/app/phases/kubelet/flags.go",
        _other_than("containerRuntimeEndpoint", value=""),
        "use cluster.runtime",
    ),
    *(
        Need(
            f"kubelet.{field}",
            f"needs the feature gate {gate} before 1.{minor}",
            "pkg/features/kube_features.go",
            _without_gate(field, gate, minor),
            f"add featureGates: {{{gate}: true}}",
        )
        for field, (gate, minor) in _GATES.items()
    ),
    Need(
        "kube_proxy.mode",
        "is `ipvs`, which needs kernel modules, that of `ipvs.scheduler` among them",
        "pkg/proxy/ipvs/proxier.go, CanUseIPVSProxier",
        None,
        "made: they are loaded, and loaded again at each boot",
    ),
    Need(
        "kube_proxy.mode",
        "is `nftables`, which needs kernel 5.13",
        "pkg/util/kernel/constants.go",
        None,
        "the hosts' kernels are looked at before anything changes",
    ),
    Need(
        "kube_proxy.mode",
        "is `nftables`, which came with 1.29 and needs the feature gate NFTablesProxyMode before 1.31",
        "pkg/features/kube_features.go",
        lambda passed: (
            passed.get("mode") == "nftables"
            and passed.minor < 31
            and not (passed.minor >= 29 and passed.gate("NFTablesProxyMode"))
        ),
        "add featureGates: {NFTablesProxyMode: true} from 1.29 on, or take another mode",
    ),
    Need(
        "kube_proxy.mode",
        "needs to be iptables, ipvs or nftables",
        "pkg/proxy/apis/config/validation/validation.go",
        lambda passed: passed.get("mode") not in (None, "", "iptables", "ipvs", "nftables"),
        "take one of them",
    ),
    Need(
        "kube_proxy.nodePortAddresses",
        "needs to have every host's address in it: the smoke test fetches a page through each",
        "docs/smoke-test.md",
        lambda passed: not _cover(passed.texts("nodePortAddresses"), passed.addresses),
        "add the hosts' network",
    ),
    Need(
        "kube_proxy.clientConnection.kubeconfig",
        "is the file by which kubeadm's kube-proxy reaches the API server",
        "cmd/kubeadm/app/componentconfigs/kubeproxy.go",
        lambda passed: bool(passed.get("clientConnection", "kubeconfig")),
        _REMOVE,
    ),
    Need(
        "kube_proxy.hostnameOverride",
        "is replaced by each node's own name, which kubeadm passes as a flag",
        "cmd/kubeadm/app/phases/addons/proxy/manifests.go",
        lambda passed: bool(passed.get("hostnameOverride")),
        _REMOVE,
    ),
)


def kernel_defaults(kubelet: Mapping[str, object]) -> Mapping[str, str]:
    """Returns the kernel settings that a kubelet with these settings needs and does not set itself."""
    return _KERNEL_DEFAULTS if kubelet.get("protectKernelDefaults") is True else {}


def need_findings(cluster: Cluster, hosts: Iterable[tuple[Path, HostSettings]]) -> Iterator[Finding]:
    """Yields a finding for each setting of a cluster of a known version that lacks what it needs, at its place.

    Args:
        hosts: all hosts, each with its path.
    """
    known = list(hosts)
    with suppress(Unread):
        addresses = [host.address for _, host in known]
        yield from _missing("kube_proxy", Passed(cluster.kube_proxy, cluster, addresses))
    with suppress(Unread):
        yield from _missing("kubelet", Passed(cluster.kubelet, cluster))
        yield from _kernel_settings(cluster.kubelet, cluster.sysctls, ("cluster", "sysctls"))
    for path, host in known:
        with suppress(Unread):
            kubelet = merged(cluster.kubelet, host.kubelet)
            if host.kubelet:
                yield from _missing("kubelet", Passed(kubelet, cluster, own=host.kubelet), (*path, "kubelet"))
            yield from _kernel_settings(kubelet, host.sysctls, (*path, "sysctls"))


def _missing(part: str, passed: Passed, own: Path = ()) -> Iterator[Finding]:
    for need in NEEDS:
        group, *keys = need.setting.split(".")
        if group == part and need.missing is not None and need.missing(passed):
            place: Path = own if keys[0] in (passed.own or {}) else ("cluster", part)
            yield Finding(f"`{keys[-1]}` {need.what}", path=(*place, *keys), advice=need.advice)


def _kernel_settings(
    kubelet: Mapping[str, object], sysctls: Mapping[str, str], path: Path
) -> Iterator[Finding]:
    for key, value in kernel_defaults(kubelet).items():
        if sysctls.get(key, value) != value:
            what = f"`{key}` needs to be {value}: with protectKernelDefaults the kubelet ends otherwise"
            yield Finding(what, path=(*path, key), advice=_REMOVE)


def _keys(value: object) -> frozenset[str]:
    return frozenset(value) if isinstance(value, Mapping) else frozenset()


def _cover(networks: Collection[str], addresses: Collection[str]) -> bool:
    """Returns whether every address is in one of the networks; `primary` stands for a node's own address."""
    if not networks or "primary" in networks:
        return True
    try:
        known = [ip_network(one, strict=False) for one in networks]
    except ValueError:
        return False
    return all(any(ip_address(address) in network for network in known) for address in addresses)


def needs_table() -> str:
    """Returns the table in Markdown, for docs."""
    rows = [
        f"| `{need.setting}` | {need.what} | {'refused' if need.missing else need.advice} | {need.source} |"
        for need in NEEDS
    ]
    return "\n".join(["| setting | | | source |", "| --- | --- | --- | --- |", *rows, ""])
