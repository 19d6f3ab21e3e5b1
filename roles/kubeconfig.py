"""kubectl works on a control plane, for root and for the user that nodewright logs in as."""

from __future__ import annotations

from collections.abc import Iterator

from nodewright.resources import command
from nodewright.resources.shell import quote, script
from nodewright.role import role
from nodewright.step import Step
from roles import NodeContext

ADMIN = "/etc/kubernetes/admin.conf"


@role
def kubeconfig(ctx: NodeContext) -> Iterator[Step]:
    """A file of its own in ~/.kube; it becomes the one that kubectl reads only where there is none yet."""
    for user in dict.fromkeys(("root", ctx.host.target.user or "root")):
        yield _kubeconfig_of(user, f"nodewright-{ctx.settings.cluster.name}")


def _kubeconfig_of(user: str, file_name: str) -> Step:
    find = script(
        f"entry=$(getent passwd {quote(user)})",
        "home=${entry%:*}",
        "home=${home##*:}",
        f"ours=$home/.kube/{file_name}",
    )
    return command(
        f"kubeconfig of {user}",
        script(
            find,
            f"group=$(id -g {quote(user)})",
            f'install -d -m 0700 -o {quote(user)} -g "$group" "$home/.kube"',
            f'install -m 0600 -o {quote(user)} -g "$group" {ADMIN} "$ours.new"',
            'mv -fT "$ours.new" "$ours"',
            'if [ ! -e "$home/.kube/config" ]; then',
            f'  ln -sT {quote(file_name)} "$home/.kube/config"',
            f'  chown -h {quote(user)} "$home/.kube/config"',
            "fi",
        ),
        check=script(
            find,
            f'cmp -s {ADMIN} "$ours"',
            f'[ "$(stat -c %a:%U "$ours")" = 600:{user} ]',
            '[ -e "$home/.kube/config" ]',
        ),
    )
