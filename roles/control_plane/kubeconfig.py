"""kubectl works on a control plane, for root and for the user that nodewright logs in as."""

from __future__ import annotations

from collections.abc import Iterator

from kube.facts.cluster import ADMIN_KUBECONFIG
from nodewright.resources import command
from nodewright.script.shell import quote, script
from nodewright.script.step import Step, role
from roles import NodeContext


@role
def kubeconfig(ctx: NodeContext) -> Iterator[Step]:
    """A file of its own in ~/.kube; it becomes the one that kubectl reads only where there is none yet."""
    for user in users(ctx):
        yield _kubeconfig_of(user, file_name(ctx))


@role
def no_kubeconfig(ctx: NodeContext) -> Iterator[Step]:
    """Ours is gone, and the link to it where kubectl read ours; anybody's own file stays."""
    for user in users(ctx):
        ours = quote(file_name(ctx))
        yield command(
            f"no kubeconfig of {user}",
            script(
                _find(user, file_name(ctx)),
                f'if [ "$(readlink "$home/.kube/config")" = {ours} ]; then',
                '  rm -f "$home/.kube/config"',
                "fi",
                'rm -f "$ours"',
            ),
            check=script(
                _find(user, file_name(ctx)),
                '[ ! -e "$ours" ]',
                f'if [ "$(readlink "$home/.kube/config")" = {ours} ]; then',
                "  exit 1",
                "fi",
            ),
        )


def users(ctx: NodeContext) -> tuple[str, ...]:
    """Root, and the user that nodewright logs in as."""
    return tuple(dict.fromkeys(("root", ctx.host.target.user or "root")))


def file_name(ctx: NodeContext) -> str:
    """The file in ~/.kube that is ours."""
    return f"nodewright-{ctx.settings.cluster.name}"


def _find(user: str, name: str) -> str:
    """Commands that set `home` and `ours`."""
    return script(
        f"entry=$(getent passwd {quote(user)})",
        "home=${entry%:*}",
        "home=${home##*:}",
        f"ours=$home/.kube/{name}",
    )


def _kubeconfig_of(user: str, name: str) -> Step:
    find = _find(user, name)
    return command(
        f"kubeconfig of {user}",
        script(
            find,
            f"group=$(id -g {quote(user)})",
            f'install -d -m 0700 -o {quote(user)} -g "$group" "$home/.kube"',
            f'install -m 0600 -o {quote(user)} -g "$group" {ADMIN_KUBECONFIG} "$ours.new"',
            'mv -fT "$ours.new" "$ours"',
            'if [ ! -e "$home/.kube/config" ]; then',
            # A link whose cluster is gone does not exist to `-e`, and is in the way.
            f'  ln -sfT {quote(name)} "$home/.kube/config"',
            f'  chown -h {quote(user)} "$home/.kube/config"',
            "fi",
        ),
        check=script(
            find,
            f'cmp -s {ADMIN_KUBECONFIG} "$ours"',
            f'[ "$(stat -c %a:%U "$ours")" = {quote(f"600:{user}")} ]',
            '[ -e "$home/.kube/config" ]',
        ),
    )
