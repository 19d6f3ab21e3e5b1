"""Makes NetworkManager leave alone the interfaces that Kubernetes makes."""

from __future__ import annotations

from collections.abc import Iterator

from kube.facts.host import UNITS
from kube.paths import NETWORK_MANAGER
from nodewright.paths import STAMPS
from nodewright.resources import command, file, masked, reboot, restored
from nodewright.script.shell import digest, quote, renamed, sh
from nodewright.script.step import Step, role
from roles import NodeContext

UNMANAGED = """\
# It would give these interfaces addresses and routes of its own.
[keyfile]
unmanaged-devices=interface-name:cni0;interface-name:flannel*;interface-name:veth*;interface-name:cali*
"""
#: With this NetworkManager leaves /etc/resolv.conf alone and pushes nothing to systemd-resolved:
#: NetworkManager.conf(5).
_NO_NAME_SERVERS = """\
[main]
dns=none
systemd-resolved=false
"""
_STAMP = f"{STAMPS}/NetworkManager"


@role
def network_manager(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that configure NetworkManager; none where it is not installed."""
    units = ctx.mine[UNITS]
    if "NetworkManager.service" not in units:
        return
    alone = "interfaces that NetworkManager leaves alone"
    content = UNMANAGED + (_NO_NAME_SERVERS if ctx.settings.cluster.resolver else "")
    yield file(NETWORK_MANAGER, content, name=alone)
    yield _has_read_it(content, after=alone)
    for unit in ("nm-cloud-setup.timer", "nm-cloud-setup.service"):
        yield masked(unit)
    if "nm-cloud-setup.service" in units:
        yield _no_rules_of_cloud_setup()


def network_manager_as_it_was() -> Iterator[Step]:
    """Yields the steps that make NetworkManager write name servers again; none is due where it was never told."""
    before = restored(NETWORK_MANAGER, name="NetworkManager's configuration as it was before")
    yield before
    yield command(
        "NetworkManager has read that",
        sh(
            """
            if systemctl is-active --quiet NetworkManager.service; then
              systemctl reload NetworkManager.service
            fi
            rm -f @stamp
            """,
            stamp=_STAMP,
        ),
        check=f"[ ! -e {_STAMP} ]",
        after=(before.name,),
    )


def _has_read_it(content: str, after: str) -> Step:
    """Returns the step that makes NetworkManager read its configuration again.

    The stamp outlives a boot, and after a boot NetworkManager has read its whole configuration anyway.
    """
    return command(
        "NetworkManager has read it",
        # NetworkManager before 1.22 has no `nmcli general reload`; EL 7 has 1.18.
        sh(
            """
            if systemctl is-active --quiet NetworkManager.service; then
              systemctl reload NetworkManager.service
            fi
            umask 077
            mkdir -p @stamps
            @leave_stamp
            """,
            stamps=STAMPS,
            leave_stamp=renamed(_STAMP, f"sha256sum <{NETWORK_MANAGER} >@new"),
        ),
        check=f'[ "$(cat {_STAMP})" = {quote(digest(content))} ]',
        after=(after,),
    )


def _no_rules_of_cloud_setup() -> Step:
    """Returns the step that reboots a host on which routing rules of nm-cloud-setup are left.

    The rules swallow pod traffic and outlive the service until the next boot (rke2#1053).
    Its tables are 30200 and 30400, and those after them for further interfaces: nm-cloud-setup's nmcs-main.c.
    """
    return reboot(
        "no routing rules of nm-cloud-setup",
        unless=sh(
            """
            ip rule list >"$nw_tmp/rules"
            if grep -q 'lookup 30[24][0-9][0-9]' "$nw_tmp/rules"; then
              exit 1
            fi
            """
        ),
        show="ip rule list",
    )
