"""Tells whether the kubelet is well or ends again and again, and prints what its journal says of that."""

from __future__ import annotations

from kube.paths import KUBELET_CONFIGURATION
from kube.settings.node import NodeSettings
from nodewright.resources.waits import wait, watched
from nodewright.script.shell import quote, script, sh

#: Waiting is in vain once the kubelet has ended this many times with the same configuration.
_ENDS = "3"

#: Matches klog's errors and fatal errors, and what Go programs print when they end.
_TELLING = quote("^[EF][0-9]{4} |^(Error|panic|fatal error): ")

_FORGET_ENDS = 'rm -f "$nw_tmp/kubelet-ends"'


def kubelet_ends_again_and_again() -> str:
    """Returns commands that succeed once the kubelet has ended three times, and say so.

    systemd of EL 7 does not count restarts, so each end is known by its instant. A wait runs these commands
    repeatedly.
    """
    return sh(
        """
        [ -e @configuration ]
        systemctl show --property=SubState --property=ExecMainExitTimestampMonotonic kubelet >"$nw_tmp/kubelet"
        grep -qx SubState=auto-restart "$nw_tmp/kubelet"
        grep ^ExecMainExit "$nw_tmp/kubelet" >>"$nw_tmp/kubelet-ends"
        sort -u "$nw_tmp/kubelet-ends" >"$nw_tmp/kubelet"
        [ "$(grep -c . "$nw_tmp/kubelet")" -ge @ends ]
        echo 'the kubelet was started @ends times, and ended each time'
        """,
        configuration=KUBELET_CONFIGURATION,
        ends=_ENDS,
    )


def kubelet_says() -> str:
    """Returns commands that print the last telling lines of the kubelet's journal, once it has a configuration."""
    return sh(
        """
        if [ -e @configuration ]; then
          journalctl --no-pager --quiet --output=cat --lines=1000 --unit=kubelet.service >"$nw_tmp/journal"
          grep -E @telling "$nw_tmp/journal" >"$nw_tmp/telling"
          if [ ! -s "$nw_tmp/telling" ]; then
            cp "$nw_tmp/journal" "$nw_tmp/telling"
          fi
          echo 'the last telling lines of the journal of the kubelet (journalctl --unit=kubelet):'
          tail -n 8 "$nw_tmp/telling" >"$nw_tmp/journal"
          cut -c 1-500 "$nw_tmp/journal"
        fi
        """,
        configuration=KUBELET_CONFIGURATION,
        telling=_TELLING,
    )


def watched_with_kubelet(command: str, *further: str) -> str:
    """Returns commands that run one command of kubeadm and stop it once its wait for the kubelet is in vain.

    kubeadm starts the kubelet and waits four minutes and more for it.

    Args:
        command: a single command.
        further: other commands that succeed when kubeadm waits in vain.
    """
    hopeless = _any(kubelet_ends_again_and_again(), *further)
    return script(_FORGET_ENDS, watched(command, hopeless=hopeless, explain=kubelet_says()))


def kubelet_comes_up(settings: NodeSettings) -> str:
    """Returns commands that wait until a kubelet that was just started says that it is healthy."""
    merged = {**settings.cluster.kubelet, **settings.host.kubelet}
    port = merged.get("healthzPort", 10248)
    address = str(merged.get("healthzBindAddress", "127.0.0.1"))
    url = quote(f"http://{f'[{address}]' if ':' in address else address}:{port}/healthz")
    answers = f"curl --silent --fail --max-time 3 --noproxy '*' --output /dev/null {url}"
    return script(
        _FORGET_ENDS,
        wait(
            script("systemctl is-active --quiet kubelet.service", answers if port else ""),
            "the kubelet is well",
            deadline=120,
            every=0.5,
            hopeless=kubelet_ends_again_and_again(),
            explain=kubelet_says(),
        ),
    )


def _any(*texts: str) -> str:
    """Returns commands that try each text until one succeeds, and print what it printed."""
    tries = (
        sh(
            """
            set +e
            (
              set -e
              @text
            )
            status=$?
            set -e
            if [ "$status" = 0 ]; then
              exit 0
            fi
            """,
            text=text,
        )
        for text in texts
    )
    return script(*tries, "exit 1")
