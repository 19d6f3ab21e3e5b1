"""Finds pods that will never come up, so that a wait for pods can end early and say why."""

from __future__ import annotations

from nodewright.script.shell import quote, sh

#: Prints one line for each pod and, below it, one for each of its containers, init containers first.
_STATES = "".join(
    (
        r'{range .items[*]}{"pod\t"}{.metadata.name}{"\n"}',
        *(
            rf"{{range .status.{containers}[*]}}"
            r'{.name}{"\t"}{.restartCount}{"\t"}{.state.waiting.reason}{"\t"}{.state.waiting.message}{"\n"}'
            "{end}"
            for containers in ("initContainerStatuses", "containerStatuses")
        ),
        "{end}",
    )
)

#: Matches what runtimes and registries say of an image that does not exist or that we may not pull. Any other
#: failure may be the network's, which may come back.
_NO_SUCH_IMAGE = (
    "[Nn]ot [Ff]ound|manifest unknown|name unknown|access denied|unauthorized|authentication required"
    "|no match for platform"
)

#: A new container that crashed and was started again this many times will crash again.
_RESTARTS = 3

#: Prints POD, CONTAINER, reason and message of each container that waits in vain.
_IN_VAIN = f"""\
$1 == "pod" {{ pod = $2; next }}
$3 == "InvalidImageName" || $3 == "ErrImageNeverPull" {{ vain = 1 }}
($3 == "ErrImagePull" || $3 == "ImagePullBackOff") && $4 ~ /{_NO_SUCH_IMAGE}/ {{ vain = 1 }}
new && $3 == "CrashLoopBackOff" && $2 >= {_RESTARTS} {{ vain = 1 }}
vain {{ print pod, $1, $3, $4; vain = 0 }}
"""


def hopeless_pods(kubectl: str, selector: str, *, new: bool = False) -> str:
    """Returns commands that succeed when one of these pods waits in vain.

    They print which pod it is, why it waits, and the last lines of its log.

    Args:
        kubectl: the command with the options that it needs to list these pods; its `logs` may be refused.
        selector: further arguments of `kubectl get pods`, quoted.
        new: the pods were made for this wait, so their crashes count. An older pod may crash because a host
            restarts its runtime, and comes back.
    """
    return sh(
        """
        @kubectl get pods @selector --output @states >"$nw_tmp/states"
        awk -F '\\t' -v new=@new @in_vain "$nw_tmp/states" >"$nw_tmp/in-vain-pods"
        [ -s "$nw_tmp/in-vain-pods" ]
        while read -r pod container reason why; do
          echo "pod $pod, container $container: $reason: $why"
          case $reason in
          CrashLoopBackOff)
            set +e
            @kubectl logs "$pod" --container "$container" --previous --tail 10
            set -e
            ;;
          esac
        done <"$nw_tmp/in-vain-pods"
        """,
        kubectl=kubectl,
        selector=selector,
        states=quote(f"jsonpath={_STATES}"),
        new=str(int(new)),
        in_vain=quote(_IN_VAIN),
    )


def refused_pods(kubectl: str) -> str:
    """Returns commands that succeed when admission has refused pods of this namespace, and print its message.

    The namespace must be new, since the API keeps such an event for an hour.

    Args:
        kubectl: the command with the namespace and the options that it needs to list events.
    """
    return sh(
        """
        @kubectl get events --field-selector reason=FailedCreate --output @messages >"$nw_tmp/refused"
        grep -E 'is forbidden|denied the request' "$nw_tmp/refused"
        """,
        kubectl=kubectl,
        messages=quote(r'jsonpath={range .items[*]}{.message}{"\n"}{end}'),
    )
