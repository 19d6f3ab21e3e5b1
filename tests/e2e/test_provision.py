"""From bare machines to a page fetched through the cluster, and again with nothing left to do."""

from __future__ import annotations

import re
import stat
from collections import Counter

import pytest

from tests.e2e.cluster import api, page, secrets_of
from tests.e2e.machines import Machines
from tests.e2e.terminal import Ended, Terminal

NODES = ("node1", "node2", "node3")

#: All that a plan must leave as it is.
SNAPSHOT = """
find /etc /var/lib/kubelet /root /home -type f -exec sha256sum {} + | sort
rpm --query --all | sort
cat /proc/swaps
sysctl --all 2>/dev/null | grep -E 'bridge-nf|ip_forward |local_reserved'
systemctl list-units --type service --plain --no-legend | grep -vE 'systemd|user@|ssh'
ls -A /etc/yum.repos.d /var/lib /opt
"""

#: The smoke test itself does not wait until Kubernetes has removed what it deleted.
SMOKE_IS_GONE = "wait --for delete namespace --selector app.kubernetes.io/name=nodewright-smoke --timeout 60s"

WEB = """
kubectl create deployment web --image nginx:1.22 --port 80
kubectl expose deployment web --name by-port --type NodePort --port 80
kubectl expose deployment web --name by-address --type LoadBalancer --port 80
kubectl rollout status deployment/web --timeout 120s
kubectl wait --for jsonpath='{.status.loadBalancer.ingress[0].ip}' service/by-address --timeout 60s
"""


@pytest.fixture(scope="module")
def inventory(all_machines: Machines, operator: Terminal) -> str:
    return operator.inventory(all_machines.document())


@pytest.fixture(scope="module")
def snapshots(all_machines: Machines) -> dict[str, str]:
    all_machines.bare()
    return {name: all_machines.on(name, SNAPSHOT) for name in NODES}


@pytest.fixture(scope="module")
def plan(snapshots: dict[str, str], operator: Terminal, inventory: str) -> Ended:
    """A plan of bare machines."""
    return operator.invoke("plan", "--inventory", inventory)


@pytest.fixture(scope="module")
def provisioned(plan: Ended, all_machines: Machines, operator: Terminal, inventory: str) -> Ended:
    """The provision of bare machines that the plan was for."""
    ended = operator.invoke("provision", "--inventory", inventory)
    all_machines.become("cluster", lambda: ended)
    return ended


# ---- The plan -------------------------------------------------------------------------------------------------


def test_a_plan_of_bare_machines_ends_with_2_and_shows_what_is_there_and_what_is_wanted(plan: Ended) -> None:
    assert plan.exit_code == 2
    assert re.search(
        r"node2 +change +SELinux permissive at boot\n +@@ -1 \+1 @@\n +-enforcing\n +\+permissive\n",
        plan.text,
    )
    assert re.search(r"\d+ steps would change on 3 hosts \(exit code 2\)", plan.text)


def test_a_plan_changes_nothing(plan: Ended, snapshots: dict[str, str], all_machines: Machines) -> None:
    assert {name: all_machines.on(name, SNAPSHOT) for name in NODES} == snapshots


# ---- The cluster ----------------------------------------------------------------------------------------------


def test_provision_changes_only_what_the_plan_said(plan: Ended, provisioned: Ended) -> None:
    assert provisioned.steps("changed") <= plan.steps("change")


def test_provision_ends_with_a_page_fetched_through_every_door(provisioned: Ended) -> None:
    assert provisioned.exit_code == 0
    assert re.search(r"page fetched through port \d+ of node1, node2, node3", provisioned.text)
    assert re.search(
        r"page fetched from load-balancer address \S+, announced by node[23] \(02:", provisioned.text
    )
    count = len(provisioned.steps("changed"))
    assert provisioned.text.splitlines()[-1].startswith(f"{count} steps changed on 3 hosts, ")


def test_all_nodes_are_ready_and_run_the_version_of_the_inventory(
    provisioned: Ended, all_machines: Machines
) -> None:
    nodes = all_machines.kubectl("get nodes --no-headers").splitlines()
    assert [node.split()[:3] for node in nodes] == [
        ["node1", "Ready", "control-plane"],
        ["node2", "Ready", "<none>"],
        ["node3", "Ready", "<none>"],
    ]
    assert {node.split()[4] for node in nodes} == {"v1.34.2"}


def test_a_users_own_page_is_served_on_every_node_and_at_an_address_of_its_own(
    provisioned: Ended, all_machines: Machines
) -> None:
    all_machines.on("node1", WEB)
    port = int(all_machines.kubectl("get service by-port --output jsonpath={.spec.ports[0].nodePort}"))
    address = all_machines.kubectl(
        "get service by-address --output jsonpath={.status.loadBalancer.ingress[0].ip}"
    )
    doors = [*((all_machines.node(name).address, port) for name in NODES), (address, 80)]
    pages = [page(*door) for door in doors]
    all_machines.on("node1", "kubectl delete --wait deployment/web service/by-port service/by-address")
    assert all("Welcome to nginx" in each for each in pages)


def test_the_operators_kubeconfig_is_private_and_opens_the_cluster(
    provisioned: Ended, all_machines: Machines, operator: Terminal
) -> None:
    kubeconfig = operator.home / ".kube" / f"nodewright-lab-{all_machines.lab.name}.yaml"
    assert stat.S_IMODE(kubeconfig.stat().st_mode) == 0o600
    assert [node["metadata"]["name"] for node in api(kubeconfig, "/api/v1/nodes")["items"]] == list(NODES)


def test_the_smoke_test_leaves_nothing_in_the_cluster(provisioned: Ended, all_machines: Machines) -> None:
    all_machines.kubectl(SMOKE_IS_GONE)
    assert "smoke" not in all_machines.kubectl("get namespaces --output name")


def test_no_join_token_of_ours_is_left(provisioned: Ended, all_machines: Machines) -> None:
    assert "nodewright" not in all_machines.on("node1", "kubeadm token list")


def test_nothing_secret_is_in_the_output_or_in_the_records_of_the_run(
    provisioned: Ended, all_machines: Machines, operator: Terminal
) -> None:
    kubeconfig = operator.home / ".kube" / f"nodewright-lab-{all_machines.lab.name}.yaml"
    told = provisioned.text + "".join(file.read_text() for file in provisioned.folder.iterdir())
    assert len(told) > 10_000
    for secret in secrets_of(kubeconfig):
        assert secret not in told
    assert not re.search(r"\b[a-z0-9]{6}\.[a-z0-9]{16}\b", told)
    assert "PRIVATE KEY" not in told


def test_nothing_secret_lies_on_a_node_for_anybody_to_read(
    provisioned: Ended, all_machines: Machines
) -> None:
    secret = "client-key-data|PRIVATE KEY|token: [a-z0-9]{6}\\."
    folders = "/etc /root /home /run/nodewright /var/lib/nodewright /var/lib/kubelet /tmp"
    readable = f"find {folders} -xdev -type f -perm -004 -exec grep -lE '{secret}' {{}} + || true"
    assert {name: all_machines.on(name, readable) for name in NODES} == dict.fromkeys(NODES, "")


# ---- Again ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def again(provisioned: Ended, operator: Terminal, inventory: str) -> Ended:
    """A second provision, of a cluster that is as it should be."""
    return operator.invoke("provision", "--inventory", inventory)


def test_a_second_provision_finds_nothing_to_change(again: Ended) -> None:
    assert again.exit_code == 0
    assert again.steps("changed") == set()
    assert again.text.splitlines()[-1].startswith("nothing to change, ")


def test_a_second_provision_takes_two_execs_a_host_besides_the_smoke_test(again: Ended) -> None:
    execs = Counter(event["host"] for event in again.events("exec ended") if event["purpose"] != "ask")
    assert execs == dict.fromkeys(NODES, 2)


def test_a_plan_of_what_is_done_ends_with_0(again: Ended, operator: Terminal, inventory: str) -> None:
    ended = operator.invoke("plan", "--inventory", inventory)
    assert ended.exit_code == 0
    assert ended.steps("change") == set()


# ---- The other commands ---------------------------------------------------------------------------------------


def test_smoke_proves_it_again(provisioned: Ended, operator: Terminal, inventory: str) -> None:
    ended = operator.invoke("smoke", "--inventory", inventory)
    assert ended.exit_code == 0
    assert re.search(r"page fetched through port \d+ of node1, node2, node3", ended.text)


def test_smoke_fetches_from_a_host_where_the_inventory_says_so(
    provisioned: Ended, all_machines: Machines, operator: Terminal
) -> None:
    document = all_machines.document()
    document["smoke"]["from"] = "node2"
    ended = operator.invoke("smoke", "--inventory", operator.inventory(document, "from-node2.yaml"))
    assert ended.exit_code == 0
    assert re.search(r"page fetched through port \d+ of node1, node2, node3", ended.text)


def test_ctrl_c_in_the_smoke_test_leaves_nothing_of_it_behind(
    provisioned: Ended, all_machines: Machines, operator: Terminal, inventory: str
) -> None:
    running = operator.start("smoke", "--inventory", inventory)
    running.until("smoke: nginx pods on different nodes")
    running.interrupt()
    assert running.ended().exit_code == 130
    all_machines.kubectl(SMOKE_IS_GONE)
    assert "smoke" not in all_machines.kubectl("get namespaces --output name")


def test_status_shows_hosts_and_nodes(provisioned: Ended, all_machines: Machines, operator: Terminal) -> None:
    # The inventory comes from Invoke's own configuration here, as a user may keep it.
    (operator.home / ".invoke.yaml").write_text(f"inventory: {operator.folder / 'inventory.yaml'}\n")
    ended = operator.invoke("status")
    (operator.home / ".invoke.yaml").unlink()
    assert ended.exit_code == 0
    for name in NODES:
        row = next(line.split() for line in ended.text.splitlines() if line.startswith(name))
        assert row[1] == all_machines.node(name).address
        assert row[-4:] == [f"lab-{all_machines.lab.name}", "Ready", "1.34.2", "docker"]


def test_kubeconfig_writes_it_where_the_user_wants_it(
    provisioned: Ended, operator: Terminal, inventory: str
) -> None:
    ended = operator.invoke("kubeconfig", "--to", "admin.yaml", "--inventory", inventory)
    assert ended.exit_code == 0
    assert ended.text == "export KUBECONFIG=admin.yaml\n"
    file = operator.folder / "admin.yaml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(api(file, "/api/v1/nodes")["items"]) == 3


def test_hosts_trust_shows_the_keys_that_are_known(
    provisioned: Ended, operator: Terminal, inventory: str
) -> None:
    ended = operator.invoke("hosts.trust", "--inventory", inventory)
    assert ended.exit_code == 0
    assert len(re.findall(r"^\S+  ssh-ed25519  SHA256:\S+  known$", ended.text, re.MULTILINE)) == 3
