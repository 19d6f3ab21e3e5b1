"""Makes the kubelet start at boot; kubeadm gives it its configuration and starts it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kube.facts.membership import MEMBERSHIP, Standing
from kube.kubeadm.configuration import kubelet_patch, kubelet_settings_of
from kube.paths import CGROUPS, KUBELET_PATCH
from nodewright.resources import absent, command, enabled, file
from nodewright.script.shell import path_word, quote, script, sh
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.parts.kubelet import kubelet_comes_up
from roles.parts.proxy import proxy_of


@role
def kubelet(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that prepare the kubelet, and on a member those that start it.

    Before kubeadm has run, the kubelet is only enabled: without a configuration it ends at once and is started again.
    """
    yield from proxy_of("kubelet.service", ctx)
    yield from _what_the_settings_name(kubelet_settings_of(ctx.settings))
    patch = kubelet_patch(ctx.settings.host)
    if patch:
        yield file(KUBELET_PATCH, patch, name="this node's own kubelet settings")
    else:
        yield absent(KUBELET_PATCH, name="no kubelet settings of this node's own")
    yield enabled("kubelet", name="kubelet starts at boot")
    if ctx.mine[MEMBERSHIP].standing(ctx.settings.cluster.name) is Standing.MEMBER:
        yield command(
            "kubelet runs",
            script("systemctl start kubelet", kubelet_comes_up(ctx.settings)),
            check="systemctl is-active --quiet kubelet",
        )


def _what_the_settings_name(kubelet: Mapping[str, object]) -> Iterator[Step]:
    """Yields steps that fail where a file or cgroup is missing that the kubelet needs to start."""
    for setting in ("resolvConf", "tlsCertFile", "tlsPrivateKeyFile"):
        path = kubelet.get(setting)
        if path:
            yield _there(setting, str(path), f"[ -e {path_word(str(path))} ]")
    for part in ("system", "kube"):
        group = str(kubelet.get(f"{part}ReservedCgroup") or "")
        if group and _enforces(kubelet, part):
            folder = _cgroup(group, systemd=kubelet.get("cgroupDriver", "systemd") == "systemd")
            there = sh(
                """
                if [ ! -d @everywhere ]; then
                  [ -d @of_memory ]
                fi
                """,
                everywhere=path_word(f"{CGROUPS}{folder}"),
                of_memory=path_word(f"{CGROUPS}/memory{folder}"),
            )
            yield _there(f"{part}ReservedCgroup", group, there)


def _enforces(kubelet: Mapping[str, object], part: str) -> bool:
    """Returns whether the kubelet limits the administrator's cgroup to what is reserved for it."""
    enforced = kubelet.get("enforceNodeAllocatable")
    return isinstance(enforced, list) and any(str(one).startswith(f"{part}-reserved") for one in enforced)


def _there(setting: str, name: str, check: str) -> Step:
    missing = f"the kubelet does not start without {name}, which the inventory names as {setting}: make it"
    return command(f"{name} for kubelet", f"echo {quote(missing)}\nexit 1", check=check)


def _cgroup(name: str, *, systemd: bool) -> str:
    """Returns the folder of a cgroup, below the folder of a controller (version 1) or of all controllers.

    systemd keeps `a-b.slice` in `a.slice`: systemd.slice(5). The kubelet accepts the name with and without `.slice`.
    """
    if not systemd:
        return f"/{name.strip('/')}"
    parts = name.rstrip("/").rpartition("/")[2].removesuffix(".slice").split("-")
    return "".join(f"/{'-'.join(parts[: count + 1])}.slice" for count in range(len(parts)))
