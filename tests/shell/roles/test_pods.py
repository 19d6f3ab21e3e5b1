"""Pods that wait in vain, told from pods that only take their time, by what kubectl says of them."""

from __future__ import annotations

import pytest

from roles.parts.pods import hopeless_pods, refused_pods
from tests.shell.resources.host import Host

#: Answers as kubectl does: from a file, whatever it is asked; logs may be refused.
KUBECTL = """\
kubectl() {
  case $* in
  *' logs '*) cat /state/log-of-it ;;
  *) cat /state/answer ;;
  esac
}
"""


def asked(host: Host, *rows: str, new: bool = True) -> tuple[int, str]:
    """Status and output of the question about one pod with these containers."""
    host.put("/state/answer", "pod\tnginx-1\n" + "".join(f"{row}\n" for row in rows))
    ran = host.run(
        KUBECTL + hopeless_pods("kubectl --namespace a", "--selector app=nginx", new=new), nw_tmp="/tmp"
    )
    return ran.status, ran.output


@pytest.mark.parametrize(
    "row",
    [
        "nginx\t0\tErrImagePull\trpc error: docker.io/library/nginx:nope: not found",
        "nginx\t0\tErrImagePull\tmanifest for nginx:nope not found: manifest unknown: manifest unknown",
        "nginx\t0\tImagePullBackOff\tBack-off pulling image: ErrImagePull: pull access denied for a/b",
        "nginx\t0\tErrImagePull\tfailed to authorize: 401 unauthorized",
        "nginx\t0\tInvalidImageName\tcouldn't parse image reference",
    ],
)
def test_an_image_that_cannot_be_had_is_hopeless_in_the_registrys_words(host: Host, row: str) -> None:
    name, _, reason, why = row.split("\t")
    assert asked(host, row) == (0, f"pod nginx-1, container {name}: {reason}: {why}\n")


@pytest.mark.parametrize(
    "row",
    [
        "nginx\t0\t\t",
        "nginx\t0\tContainerCreating\t",
        "nginx\t0\tErrImagePull\tdial tcp 10.0.0.1:5000: connect: connection refused",
        "nginx\t0\tErrImagePull\tdial tcp: lookup registry on 10.0.0.2:53: i/o timeout",
        "nginx\t0\tImagePullBackOff\tBack-off pulling image nginx:1.22",
        "nginx\t2\tCrashLoopBackOff\tback-off 10s restarting failed container",
    ],
)
def test_what_may_still_come_up_is_waited_for(host: Host, row: str) -> None:
    status, output = asked(host, row)
    assert status != 0
    assert output == ""


def test_a_container_that_crashes_again_and_again_is_told_with_its_last_words(host: Host) -> None:
    host.put("/state/log-of-it", "panic: no such interface\n")
    status, output = asked(host, "install\t0\t\t", "flannel\t3\tCrashLoopBackOff\tback-off 20s")
    assert status == 0
    assert (
        output == "pod nginx-1, container flannel: CrashLoopBackOff: back-off 20s\npanic: no such interface\n"
    )


def test_a_crash_is_told_where_logs_are_refused(host: Host) -> None:
    assert asked(host, "flannel\t3\tCrashLoopBackOff\tback-off 20s")[0] == 0


def test_an_old_container_that_crashes_may_come_back_with_what_it_needs(host: Host) -> None:
    status, output = asked(host, "controller\t9\tCrashLoopBackOff\tback-off 5m", new=False)
    assert status != 0
    assert output == ""


@pytest.mark.parametrize(
    ("message", "refused"),
    [
        ('pods "nginx-1" is forbidden: violates PodSecurity "restricted:latest"', True),
        ('admission webhook "policy.example.org" denied the request: no', True),
        ("Internal error occurred: failed calling webhook: connection refused", False),
        ("", False),
    ],
)
def test_pods_that_an_admission_refuses_are_told_from_a_webhook_that_is_away(
    host: Host, message: str, refused: bool
) -> None:
    host.put("/state/answer", f"{message}\n")
    ran = host.run(KUBECTL + refused_pods("kubectl --namespace a"), nw_tmp="/tmp")
    assert ran.status == (0 if refused else 1)
    assert ran.output == (f"{message}\n" if refused else "")
