"""Runs containerd as the kubelet's runtime, with its whole configuration."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kube.paths import CONTAINERD, CONTAINERD_REGISTRIES
from kube.versions.images import pause_image
from nodewright.resources import command, file, service
from nodewright.script.shell import quote, sh
from nodewright.script.step import Step, role
from roles import NodeContext
from roles.host.authorities import authorities_files
from roles.parts.proxy import proxy_files, proxy_of
from roles.parts.registries import logins_of_containerd, registry_url
from roles.parts.templates import render
from roles.software.packages import of_wanted_packages

_MARKER = "Of nodewright: from mirrors in its inventory."


@role
def containerd(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that configure containerd, and restart it when its configuration or its package changed."""
    cluster, mirrors = ctx.settings.cluster, ctx.settings.mirrors
    content = render(
        "containerd.toml.j2",
        # containerd 2 reads version 2 too and converts it. Version 3 is written only where 2.x is pinned.
        version=3 if (cluster.package_versions.containerd or "").startswith("2.") else 2,
        root=cluster.runtime_folder,
        pause_image=pause_image(cluster.kubernetes, mirrors.images),
        systemd_cgroup=cluster.kubelet.get("cgroupDriver", "systemd") == "systemd",
        logins=logins_of_containerd(mirrors),
    )
    secret = bool(mirrors.logins)
    whole = file(CONTAINERD, content, mode="0600" if secret else "0644", secret=secret)
    configured = [whole, *proxy_of("containerd.service", ctx)]
    yield from _registries(ctx)
    yield from configured
    runs = service(
        "containerd",
        depends_on=[CONTAINERD, *proxy_files("containerd.service", ctx), *authorities_files(ctx)],
        packages=["containerd.io"],
        after=tuple(step.name for step in configured),
    )
    yield of_wanted_packages(runs, ctx)


def _registries(ctx: NodeContext) -> Iterator[Step]:
    """Yields the steps that send pulls from the public registries to the mirrors.

    Plain HTTP is used only where the inventory asks for it. A flat mirror has another path for the same image, which
    hosts.toml cannot say.
    """
    mirrors = ctx.settings.mirrors
    whole = {registry: mirror.prefix for registry, mirror in mirrors.images.items() if not mirror.flat}
    for registry, prefix in whole.items():
        host, _, path = prefix.partition("/")
        url = registry_url(host, mirrors) + (f"/v2/{path}" if path else "")
        yield _hosts(registry, server=None, mirror=url, override_path=bool(path))
    for host in mirrors.insecure_registries:
        url = registry_url(host, mirrors)
        yield _hosts(host, server=url, mirror=url, override_path=False)
    yield _no_others({*whole, *mirrors.insecure_registries})


def _hosts(registry: str, **values: object) -> Step:
    return file(
        f"{CONTAINERD_REGISTRIES}/{registry}/hosts.toml", render("hosts.toml.j2", marker=_MARKER, **values)
    )


def _no_others(wanted: Collection[str]) -> Step:
    """Returns the step that removes the mirrors that an earlier inventory named; files of others stay."""
    kept = " ".join(
        f"! -path {quote(f'{CONTAINERD_REGISTRIES}/{name}/hosts.toml')}" for name in sorted(wanted)
    )
    ours = f"-exec grep -qxF {quote(f'# {_MARKER}')} {{}} ';' -print"
    find = f'find {CONTAINERD_REGISTRIES} -name hosts.toml {kept} {ours} >"$nw_tmp/registries"'
    return command(
        "no other mirrors of registries",
        sh(
            """
            @find
            while read -r file; do
              rm -f "$file"
            done <"$nw_tmp/registries"
            """,
            find=find,
        ),
        check=sh(
            """
            if [ -d @registries ]; then
              @find
              [ ! -s "$nw_tmp/registries" ]
            fi
            """,
            registries=CONTAINERD_REGISTRIES,
            find=find,
        ),
        show=f"find {CONTAINERD_REGISTRIES} -name hosts.toml",
    )
