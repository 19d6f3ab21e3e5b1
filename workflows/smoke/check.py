"""Runs the smoke test as one task: deploys nginx, looks layer by layer, cleans up."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from kube.settings.node import NodeSettings
from kube.versions.addons import flannel_namespace
from kube.versions.images import mirrored
from kube.versions.releases import release
from nodewright.errors import NodewrightError
from nodewright.facts import NETWORK
from nodewright.workflow.context import Host
from nodewright.workflow.stages import Operator, Task
from roles.parts.templates import render
from workflows.kubectl import Kubectl, first_answer
from workflows.smoke.layers import LAYERS
from workflows.smoke.look import Look

#: A host is taken for a node if its job ended in one of these states.
_FINE = ("ok", "changed")

#: smoke.yaml.j2 gives this label to its namespace, and nobody gives it to anything else.
_OURS = "app.kubernetes.io/name=nodewright-smoke"


def smoke(*stages: str) -> Task:
    """Returns the task that fetches nginx's page through the cluster, and removes nginx afterwards.

    Args:
        stages: names of stages of the same workflow; a host whose job in one of them failed is left out, and a line
            says so.
    """

    def check(operator: Operator) -> None:
        look = _look(operator, stages)
        with _nginx(look):
            for name, layer in LAYERS:
                operator.progress(name)
                try:
                    layer(look)
                except NodewrightError as error:
                    error.place(step=name)
                    raise

    return check


def _look(operator: Operator, stages: Sequence[str]) -> Look:
    hosts: list[Host[NodeSettings]] = list(operator.hosts.values())
    facts = operator.context(hosts[0].name).facts
    ended = [operator.ended(stage) for stage in stages]
    present = [
        host
        for host in hosts
        if host.name in facts and all(states.get(host.name, "ok") in _FINE for states in ended)
    ]
    if missing := [host.name for host in hosts if host not in present]:
        operator.progress(f"without {', '.join(missing)}")
    settings = hosts[0].settings
    return Look(
        operator=operator,
        kubectl=_answering(operator, [host for host in present if host.settings.control_plane]),
        namespace=f"nodewright-smoke-{secrets.token_hex(3)}",
        addresses={host.name: host.address for host in present},
        domain=settings.cluster.dns_domain,
        flannel=flannel_namespace(settings.cluster.kubernetes),
        load_balancer=settings.cluster.metallb is not None,
        source=None if settings.smoke.source == "operator" else settings.smoke.source,
        macs={host.name: frozenset(facts[host.name][NETWORK].macs) for host in present},
    )


def _answering(operator: Operator, hosts: Sequence[Host[NodeSettings]]) -> Kubectl:
    def ready(name: str) -> Kubectl:
        kubectl = Kubectl(operator, name)
        kubectl("get", "--raw", release(operator.hosts[name].settings.cluster.kubernetes).readiness_path)
        return kubectl

    return first_answer(
        [host.name for host in hosts],
        ready,
        what="no control plane's API answers",
        advice="invoke provision makes the cluster; on a control plane, look at: crictl ps, journalctl -u kubelet",
    )


@contextmanager
def _nginx(look: Look) -> Iterator[None]:
    """Runs nginx in a namespace of its own, which is deleted however the looks end."""
    settings: NodeSettings = next(iter(look.operator.hosts.values())).settings
    manifest = render(
        "smoke.yaml.j2",
        namespace=look.namespace,
        nodes=list(look.addresses),
        replicas=min(2, len(look.addresses)),
        image=mirrored(settings.smoke.image, settings.mirrors.images),
        load_balancer=look.load_balancer,
    )
    _removed(look)
    try:
        look.kubectl("apply", "--filename=-", manifest=manifest)
        yield
    finally:
        _removed(look)


def _removed(look: Look) -> None:
    """Begins to delete the namespaces of all smoke tests, those of tests that died too, and does not wait.

    A pod on a node that is down keeps its namespace until the node returns.
    """
    look.kubectl("delete", "namespace", f"--selector={_OURS}", "--wait=false")
