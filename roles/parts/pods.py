"""Pods that will not come up however long one waits: what a wait for pods asks, and tells as its reason."""

from __future__ import annotations

from nodewright.script.shell import quote, sh

#: One line for each pod, and one below it for each of its containers, those that prepare it first.
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

#: What runtimes and registries say of an image that is not there or is kept from us. Anything else may be the
#: network, which may come back.
_NO_SUCH_IMAGE = (
    "[Nn]ot [Ff]ound|manifest unknown|name unknown|access denied|unauthorized|authentication required"
    "|no match for platform"
)

#: A new container that has crashed and was started again this often ends in the same way each time.
_RESTARTS = 3

#: Prints POD, CONTAINER, what it waits for and why, of containers that wait in vain.
_IN_VAIN = f"""\
$1 == "pod" {{ pod = $2; next }}
$3 == "InvalidImageName" || $3 == "ErrImageNeverPull" {{ vain = 1 }}
($3 == "ErrImagePull" || $3 == "ImagePullBackOff") && $4 ~ /{_NO_SUCH_IMAGE}/ {{ vain = 1 }}
new && $3 == "CrashLoopBackOff" && $2 >= {_RESTARTS} {{ vain = 1 }}
vain {{ print pod, $1, $3, $4; vain = 0 }}
"""


def hopeless_pods(kubectl: str, selector: str, *, new: bool = False) -> str:
    """Returns commands that succeed when one of these pods waits in vain, and print which, why, and its last words.

    Args:
        kubectl: with what it needs to list these pods; its `logs` may be refused.
        selector: further arguments of `kubectl get pods`, quoted.
        new: the pods were made for this wait, so their crashes mean something. One that is older may crash since a
            host restarts its runtime, and comes back.
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
    """Returns commands that succeed when an admission has refused pods of this namespace, and print its words.

    For a namespace that is new: the API keeps such an event for an hour.

    Args:
        kubectl: with the namespace, and what it needs to list events.
    """
    return sh(
        """
        @kubectl get events --field-selector reason=FailedCreate --output @messages >"$nw_tmp/refused"
        grep -E 'is forbidden|denied the request' "$nw_tmp/refused"
        """,
        kubectl=kubectl,
        messages=quote(r'jsonpath={range .items[*]}{.message}{"\n"}{end}'),
    )
