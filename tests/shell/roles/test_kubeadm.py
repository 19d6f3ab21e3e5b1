"""kubeadm init and join: from a bare host, from half of one, with secrets kept; kubeconfigs; live settings."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest
import yaml

from kube.paths import KUBELET_STAMP, MEMBERSHIP_FILE
from kube.settings.node import NodeSettings
from nodewright.script.compile import Mode
from nodewright.script.records import Outcome
from nodewright.workflow.context import Context
from roles.control_plane.join_secrets import CA_HASH, TOKEN
from roles.control_plane.kubeadm_init import kubeadm_init
from roles.control_plane.kubeconfig import kubeconfig, no_kubeconfig
from roles.node.kubeadm_join import kubeadm_join
from roles.node.kubelet_settings import kubelet_settings
from roles.parts.settings_digests import shared_kubelet_digest
from tests.shell.resources.host import Host
from tests.shell.roles.applied import converges, run
from tests.unit.roles.villages import context, inventory

SECRETS = {"token": "abcdef.0123456789abcdef", "ca": "sha256:1234"}


def first(**cluster: Any) -> Context[NodeSettings]:
    """The first control plane."""
    return context(inventory(cluster))


def worker() -> Context[NodeSettings]:
    """A worker, and the variables that its join token comes by."""
    ctx = context(name="node2")
    return Context(host=ctx.host, hosts=ctx.hosts, facts=ctx.facts, inputs={TOKEN: "token", CA_HASH: "ca"})


def asked(host: Host, *beginnings: str) -> list[str]:
    """What kubeadm was asked for that begins so."""
    return [line for line in host.log() if line.startswith(tuple(f"kubeadm {text}" for text in beginnings))]


def half_done(host: Host) -> None:
    """An init or join of ours that was cut short."""
    host.put(MEMBERSHIP_FILE, "cluster village\nrun run-0\n")
    host.put("/etc/kubernetes/pki/ca.crt", "old\n")
    host.put("/etc/kubernetes/kubelet.conf", "old\n")


# init


def test_a_bare_host_is_initialised_once_and_knows_its_cluster(host: Host) -> None:
    for folder in ("manifests", "pki"):
        host.at(f"/etc/kubernetes/{folder}").mkdir(parents=True)

    converges(host, kubeadm_init, first())

    assert asked(host, "init --config") == [
        "kubeadm init --config /etc/nodewright/kubeadm-init.yaml --skip-token-print"
    ]
    assert asked(host, "reset") == [], "the packages' empty folders are no traces of a cluster"
    lines = host.read(MEMBERSHIP_FILE).splitlines()
    assert lines[:4] == ["cluster village", "node node1", "role control-plane", "run run-1"]
    assert lines[4].startswith("ca sha256:")


def test_a_plan_asks_kubeadm_for_nothing(host: Host) -> None:
    planned = run(host, kubeadm_init, first(), Mode.PLAN)

    assert set(planned.values()) == {Outcome.CHANGE}
    assert host.log() == []


def test_an_init_that_was_cut_short_is_cleaned_up_and_done_again(host: Host) -> None:
    half_done(host)
    host.put("/etc/kubernetes/admin.conf", "old\n")

    converges(host, kubeadm_init, first())

    assert asked(host, "reset", "init --config")[0].startswith("kubeadm reset --force")
    assert len(asked(host, "init --config")) == 1


def test_an_init_whose_api_answers_already_is_completed_and_nothing_is_thrown_away(host: Host) -> None:
    half_done(host)
    host.put("/etc/kubernetes/admin.conf", "old\n")
    host.put("/state/api", "")

    converges(host, kubeadm_init, first())

    assert asked(host, "reset", "init --config") == []
    assert [line.split()[3] for line in asked(host, "init phase")] == [
        "upload-config",
        "mark-control-plane",
        "bootstrap-token",
        "addon",
    ]


def test_an_init_that_fails_leaves_the_host_known_as_half_done(host: Host) -> None:
    host.put("/state/init-fails", "")

    applied = run(host, kubeadm_init, first())

    assert applied["kubeadm init"] is Outcome.FAILED
    assert host.read(MEMBERSHIP_FILE) == "cluster village\nnode node1\nrole control-plane\nrun run-1\n"


def test_errors_of_the_preflight_are_ignored_by_name(host: Host) -> None:
    converges(host, kubeadm_init, first(ignore_preflight_errors=["NumCPU", "Mem"]))

    assert asked(host, "init --config")[0].endswith(" --ignore-preflight-errors=NumCPU,Mem")


# join


def test_a_worker_joins_by_a_token_that_only_root_reads_and_that_goes(host: Host) -> None:
    converges(host, kubeadm_join, worker(), variables=SECRETS)

    joined = yaml.safe_load(host.read("/state/join.yaml"))
    assert joined["discovery"]["bootstrapToken"] == {
        "apiServerEndpoint": "192.168.56.11:6443",
        "token": SECRETS["token"],
        "caCertHashes": [SECRETS["ca"]],
    }
    assert joined["nodeRegistration"]["kubeletExtraArgs"] == [{"name": "node-ip", "value": "192.168.56.12"}]
    assert host.read("/state/join.mode") == "600 root\n"
    assert SECRETS["token"] not in "\n".join(host.log()), "no argv"
    assert not list(host.at("/run/nodewright").rglob("join.yaml"))


def test_a_join_that_was_cut_short_is_cleaned_up_and_done_again(host: Host) -> None:
    half_done(host)

    converges(host, kubeadm_join, worker(), variables=SECRETS)

    assert [line.split()[1] for line in asked(host, "reset", "join")] == ["reset", "join"]


def test_nobody_joins_without_a_token(host: Host) -> None:
    applied = run(host, kubeadm_join, worker(), variables={"token": "", "ca": ""})

    assert applied["kubeadm join"] is Outcome.FAILED
    assert asked(host, "join") == []


# a kubelet that does not start

FATAL = 'E1125 12:00:00.1 1 run.go:72] "command failed" err="unknown flag: --nope"'
JOURNAL = f"I1125 12:00:00.0 1 server.go:1] Starting\n{FATAL}\nkubelet.service: Main process exited\n"


def crashing(host: Host) -> None:
    """A kubelet with a configuration, which ends whenever it is started."""
    host.put("/var/lib/kubelet/config.yaml", "kind: KubeletConfiguration\n")
    host.put("/state/units/kubelet.service/enabled", "enabled\n")
    host.put("/state/units/kubelet.service/loops", "0\n")
    host.put("/state/journal", JOURNAL)


def test_an_init_whose_kubelet_crashes_ends_within_seconds_with_the_kubelets_words(host: Host) -> None:
    crashing(host)
    host.put("/state/init-hangs", "")

    applied = run(host, kubeadm_init, first())

    assert applied["kubeadm init"] is Outcome.FAILED
    assert "the kubelet was started 3 times, and ended each time" in applied.output
    assert applied.output.endswith(f"{FATAL}\n")


def test_a_join_whose_kubelet_crashes_ends_within_seconds_with_the_kubelets_words(host: Host) -> None:
    crashing(host)
    host.put("/state/join-hangs", "")

    applied = run(host, kubeadm_join, worker(), variables=SECRETS)

    assert applied["kubeadm join"] is Outcome.FAILED
    assert applied.output.endswith(f"{FATAL}\n")


def test_a_restart_after_which_the_kubelet_crashes_fails_with_the_kubelets_words(host: Host) -> None:
    crashing(host)
    gives(host, first())

    applied = run(host, kubelet_settings, first())

    assert applied == {"kubelet runs with these settings": Outcome.FAILED}
    assert applied.output.endswith(f"{FATAL}\n")
    assert not host.at(KUBELET_STAMP).exists()


def test_a_kubelet_without_a_configuration_is_not_blamed(host: Host) -> None:
    crashing(host)
    host.at("/var/lib/kubelet/config.yaml").unlink()
    host.put("/state/init-fails", "")

    assert FATAL not in run(host, kubeadm_init, first()).output


def test_an_init_whose_api_server_crashes_ends_with_its_last_words(host: Host) -> None:
    pod = "/var/log/pods/kube-system_kube-apiserver-node1_1234/kube-apiserver"
    host.put("/state/init-hangs", "")
    host.put(f"{pod}/2.log", "stderr F Error: unknown flag: --nope\n")
    tomorrow = time.time() + 86400
    os.utime(host.put(f"{pod}/3.log", ""), (tomorrow, tomorrow))

    applied = run(host, kubeadm_init, first())

    assert applied["kubeadm init"] is Outcome.FAILED
    assert "its last words" in applied.output
    assert "Error: unknown flag: --nope" in applied.output


# kubeconfig


def administered(host: Host) -> None:
    """A control plane with a user that nodewright logs in as."""
    host.put("/etc/kubernetes/admin.conf", "credentials\n", mode=0o600)
    host.put("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nvagrant:x:1000:1000::/home/vagrant:/bin/sh\n")
    host.put("/etc/group", "root:x:0:\nvagrant:x:1000:\n")
    os.chown(host.put("/home/vagrant/.profile", "").parent, 1000, 1000)


def test_kubectl_works_for_root_and_for_the_user_and_for_nobody_else(host: Host) -> None:
    administered(host)

    converges(host, kubeconfig, context())

    for home, number in (("/root", 0), ("/home/vagrant", 1000)):
        ours = host.at(f"{home}/.kube/nodewright-village")
        assert (oct(ours.stat().st_mode), ours.stat().st_uid) == ("0o100600", number)
        assert str(host.at(f"{home}/.kube/config").readlink()) == "nodewright-village"


def test_a_kubeconfig_that_was_there_stays_the_one_that_is_read(host: Host) -> None:
    administered(host)
    host.put("/home/vagrant/.kube/config", "theirs\n")

    converges(host, kubeconfig, context())
    converges(host, no_kubeconfig, context())

    assert host.read("/home/vagrant/.kube/config") == "theirs\n"
    assert not host.at("/home/vagrant/.kube/nodewright-village").exists()


@pytest.mark.parametrize("damage", ["content", "mode", "missing", "link"])
def test_a_damaged_kubeconfig_is_made_good(host: Host, damage: str) -> None:
    administered(host)
    converges(host, kubeconfig, context())
    ours = host.at("/home/vagrant/.kube/nodewright-village")
    match damage:
        case "content":
            ours.write_text("other\n")
        case "mode":
            ours.chmod(0o644)
        case "missing":
            ours.unlink()
        case "link":
            host.at("/home/vagrant/.kube/config").unlink()

    assert converges(host, kubeconfig, context()) == ["kubeconfig of vagrant"]


def test_a_reset_takes_ours_and_the_link_to_it(host: Host) -> None:
    administered(host)
    converges(host, kubeconfig, context())

    converges(host, no_kubeconfig, context())

    assert list(host.at("/home/vagrant/.kube").iterdir()) == []


# settings of a node that runs


def gives(host: Host, ctx: Context[NodeSettings]) -> None:
    """The cluster gives its kubelets these settings."""
    host.put("/state/annotation", shared_kubelet_digest(ctx.settings))


def test_another_setting_of_the_kubelet_restarts_it_once(host: Host) -> None:
    gives(host, first())
    converges(host, kubelet_settings, first())

    gives(host, first(kubelet={"maxPods": 50}))
    converges(host, kubelet_settings, first(kubelet={"maxPods": 50}))

    assert host.log().count("systemctl restart kubelet") == 2
    assert asked(host, "upgrade")[0] == "kubeadm upgrade node phase kubelet-config"


STATES = ("/var/lib/kubelet/cpu_manager_state", "/var/lib/kubelet/memory_manager_state")
STATIC = {"cpuManagerPolicy": "static", "systemReserved": {"cpu": "1"}}


def remembers(host: Host, entries: str = "") -> None:
    """What the kubelet's managers left of their policies and of pods with CPUs of their own."""
    for state in STATES:
        host.put(state, f'{{"policyName":"none","defaultCpuSet":"0-3"{entries},"checksum":1}}')


def test_what_the_kubelet_remembers_of_another_cpu_policy_goes_before_it_starts(host: Host) -> None:
    gives(host, first())
    converges(host, kubelet_settings, first())
    remembers(host)

    gives(host, first(kubelet=STATIC))
    converges(host, kubelet_settings, first(kubelet=STATIC))

    assert not any(host.at(state).exists() for state in STATES)
    log = host.log()
    assert log.index("systemctl stop kubelet") < len(log) - 1 - log[::-1].index("systemctl restart kubelet")


def test_what_the_kubelet_remembers_stays_when_other_settings_change(host: Host) -> None:
    gives(host, first())
    converges(host, kubelet_settings, first())
    remembers(host, ',"entries":{"pod":{"container":"1"}}')

    gives(host, first(kubelet={"maxPods": 50}))
    converges(host, kubelet_settings, first(kubelet={"maxPods": 50}))

    assert all(host.at(state).exists() for state in STATES)


def test_a_node_with_pods_that_have_cpus_of_their_own_is_drained_before_the_policy_changes(
    host: Host,
) -> None:
    gives(host, first())
    converges(host, kubelet_settings, first())
    remembers(host, ',"entries":{"pod":{"container":"1"}}')

    gives(host, first(kubelet=STATIC))
    applied = run(host, kubelet_settings, first(kubelet=STATIC))

    assert applied == {"kubelet runs with these settings": Outcome.FAILED}
    assert "kubectl drain NODE" in applied.output
    assert asked(host, "upgrade") == ["kubeadm upgrade node phase kubelet-config"]
    assert all(host.at(state).exists() for state in STATES)


def test_a_kubelet_does_not_pass_for_current_while_the_cluster_has_other_settings(host: Host) -> None:
    gives(host, first())
    converges(host, kubelet_settings, first())

    applied = run(host, kubelet_settings, first(kubelet={"maxPods": 50}))

    assert applied == {"kubelet runs with these settings": Outcome.FAILED}


def test_a_node_that_joins_a_cluster_with_other_settings_knows_that_it_has_those(host: Host) -> None:
    gives(host, first(kubelet={"maxPods": 50}))

    converges(host, kubeadm_join, worker(), variables=SECRETS)

    assert not host.at(KUBELET_STAMP).exists()


def test_before_1_15_a_kubelets_settings_are_fetched_by_its_version(host: Host) -> None:
    gives(host, first(kubernetes="1.13.3"))
    converges(host, kubelet_settings, first(kubernetes="1.13.3"))

    assert asked(host, "upgrade") == ["kubeadm upgrade node config --kubelet-version v1.13.3"]
