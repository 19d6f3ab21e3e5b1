"""Makes kubectl work on a control plane, for root and for the user that nodewright logs in as."""

from __future__ import annotations

from collections.abc import Iterator

from kube.paths import ADMIN_KUBECONFIG
from nodewright.resources import command
from nodewright.script.shell import quote, renamed, sh
from nodewright.script.step import Step, role
from roles import NodeContext


@role
def kubeconfig(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that write a kubeconfig of our own into each user's ~/.kube.

    kubectl reads it by default only where the user has no kubeconfig yet.
    """
    for user in users(ctx):
        yield _kubeconfig_of(user, file_name(ctx))


@role
def no_kubeconfig(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that remove our kubeconfigs and the links to them; a user's own file stays."""
    for user in users(ctx):
        name = file_name(ctx)
        yield command(
            f"no kubeconfig of {user}",
            sh(
                """
                @find
                if [ "$(readlink "$home/.kube/config")" = @name ]; then
                  rm -f "$home/.kube/config"
                fi
                rm -f "$ours"
                """,
                find=_find(user, name),
                name=quote(name),
            ),
            check=sh(
                """
                @find
                [ ! -e "$ours" ]
                if [ "$(readlink "$home/.kube/config")" = @name ]; then
                  exit 1
                fi
                """,
                find=_find(user, name),
                name=quote(name),
            ),
        )


def users(ctx: NodeContext) -> tuple[str, ...]:
    """Returns root and the user that nodewright logs in as."""
    return tuple(dict.fromkeys(("root", ctx.host.target.user or "root")))


def file_name(ctx: NodeContext) -> str:
    """Returns the name of our file in ~/.kube."""
    return f"nodewright-{ctx.settings.cluster.name}"


def _find(user: str, name: str) -> str:
    """Returns commands that set `home` and `ours`."""
    return sh(
        """
        entry=$(getent passwd @user)
        home=${entry%:*}
        home=${home##*:}
        ours=$home/.kube/@name
        """,
        user=quote(user),
        name=name,
    )


def _kubeconfig_of(user: str, name: str) -> Step:
    return command(
        f"kubeconfig of {user}",
        # `-e` does not see a link whose target is gone, but the link is in the way.
        sh(
            """
            @find
            group=$(id -g @user)
            install -d -m 0700 -o @user -g "$group" "$home/.kube"
            @copy
            if [ ! -e "$home/.kube/config" ]; then
              ln -sfT @name "$home/.kube/config"
              chown -h @user "$home/.kube/config"
            fi
            """,
            find=_find(user, name),
            user=quote(user),
            copy=renamed('"$ours"', f'install -m 0600 -o {quote(user)} -g "$group" {ADMIN_KUBECONFIG} @new'),
            name=quote(name),
        ),
        check=sh(
            """
            @find
            cmp -s @admin "$ours"
            [ "$(stat -c %a:%U "$ours")" = @status ]
            [ -e "$home/.kube/config" ]
            """,
            find=_find(user, name),
            admin=ADMIN_KUBECONFIG,
            status=quote(f"600:{user}"),
        ),
    )
