"""What a user reads of mistakes in a cluster's inventory: where, what, and what to write instead."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from kube.objects.addons import sources
from kube.settings.inventory import Inventory
from kube.versions.addons import FLANNEL, fitting
from nodewright.inventory import InventoryError, Settings, load, schema
from nodewright.secret import Secret

HEAD = "cluster:\n  name: test\n  runtime: containerd\n"
HOSTS = "control_planes:\n  node1: {address: 192.168.1.11}\n"


def problems(folder: Path, text: str) -> list[str]:
    """All that is wrong with a text, each as `LINE:COLUMN: WHAT → ADVICE`."""
    path = folder / "inventory.yaml"
    path.write_text(text)
    try:
        load(path, Inventory)
    except InventoryError as error:
        return [
            f"{str(problem.where).removeprefix(f'{path}:')}: {problem.what} → {problem.advice}"
            for problem in error.problems
        ]
    return []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "kubernetes: 1.30",
            "4:15: `1.30` does not say which patch release → write 1.30.14, the newest that is known here",
        ),
        (
            "kubernetes: latest",
            "4:15: `latest` is no version of Kubernetes "
            "→ write one from 1.13 to 1.36, with its patch release, such as 1.34.2",
        ),
        (
            "kubernetes: 1.34.999",
            "4:15: Kubernetes 1.34.999 does not exist: the newest 1.34 is 1.34.13 → write 1.34.13",
        ),
        (
            "metallb: {addresses: [192.168.1.200]}",
            "4:25: `192.168.1.200` is a single address → write 192.168.1.200-192.168.1.200",
        ),
        (
            "metallb: {addresses: [192.168.1.200-210]}",
            "4:25: `192.168.1.200-210` has no whole address behind the `-` → write 192.168.1.200-192.168.1.210",
        ),
        (
            "metallb: {addresses: [192.168.1.9-192.168.1.1]}",
            "4:25: `192.168.1.9-192.168.1.1` runs backwards → write 192.168.1.1-192.168.1.9",
        ),
        (
            "metallb: {addresses: [192.168.1.201/28]}",
            "4:25: `192.168.1.201/28` is an address within a network → write 192.168.1.192/28 for the whole network",
        ),
        (
            "metallb: {addresses: [fe80::1-fe80::9]}",
            "4:25: `fe80::1-fe80::9` is no range of IPv4 addresses "
            "→ write FIRST-LAST, such as 10.0.0.200-10.0.0.220, or a CIDR, such as 10.0.0.192/27",
        ),
        (
            "metallb: {addresses: [224.0.0.1-224.0.0.9]}",
            "4:25: `224.0.0.1-224.0.0.9`: addresses of 224.0.0.0/4 are multicast "
            "→ take free addresses of the hosts' network",
        ),
        (
            "pod_cidr: 224.0.0.0/16",
            "4:13: `224.0.0.0/16`: addresses of 224.0.0.0/4 are multicast "
            "→ choose a private network that nothing else of yours is in, such as 10.244.0.0/16",
        ),
        (
            "pod_cidr: 10.244.0.0",
            "4:13: `10.244.0.0` is no network: its length is missing → write 10.244.0.0/16, for example",
        ),
        (
            "service_cidr: 192.168.1.128/25",
            "4:17: 192.168.1.128/25 lies among the addresses of the hosts, beside 192.168.1.11 of node1 "
            "→ choose a network that nothing else of yours is in, such as 10.96.0.0/12",
        ),
        (
            'certificate_names: ["a\\tb"]',
            "4:23: character 2 of this text is a control character (U+0009) "
            "→ remove it: the text goes into a file or a command",
        ),
        (
            "time_servers: ['ntp one']",
            "4:18: `time_servers`: `ntp one` is not the name or address of a server → ",
        ),
    ],
)
def test_message_about_the_cluster(tmp_path: Path, line: str, expected: str) -> None:
    assert problems(tmp_path, f"{HEAD}  {line}\n{HOSTS}") == [expected]


@pytest.mark.parametrize(
    ("address", "what", "advice"),
    [
        (
            "node1.example.org",
            "`node1.example.org` is a name, not an IPv4 address",
            "write the host's address; the name can go into `ssh: {host: node1.example.org}`",
        ),
        ("fe80::1", "`fe80::1` is an IPv6 address", "give the host's IPv4 address"),
        (
            "root@192.168.1.11",
            "`root@192.168.1.11` is more than an address",
            "write 192.168.1.11; user and port go into `ssh: {user: USER, port: PORT}`",
        ),
        (
            "192.168.1.11/24",
            "`192.168.1.11/24` is more than an address",
            "write 192.168.1.11; user and port go into `ssh: {user: USER, port: PORT}`",
        ),
        (
            "192.168.1.311",
            "`192.168.1.311` is no IPv4 address",
            "write four numbers up to 255, such as 192.0.2.11",
        ),
        *(
            (
                address,
                f"`{address}`: addresses of {network} {reason}",
                "write the address by which the other hosts reach it",
            )
            for address, network, reason in (
                ("0.0.0.0", "0.0.0.0/8", "stand for no address"),
                ("127.0.1.1", "127.0.0.0/8", "are each machine's own (loopback)"),
                ("169.254.7.7", "169.254.0.0/16", "are link-local"),
                ("224.0.0.251", "224.0.0.0/4", "are multicast"),
                ("255.255.255.255", "255.255.255.255/32", "are for broadcast"),
            )
        ),
    ],
)
def test_message_about_an_address(tmp_path: Path, address: str, what: str, advice: str) -> None:
    text = f"{HEAD}control_planes:\n  node1: {{address: '{address}'}}\n"
    assert problems(tmp_path, text) == [f"5:20: {what} → {advice}"]


def test_the_smallest_inventory_has_names_and_addresses_and_is_right(tmp_path: Path) -> None:
    assert (
        problems(tmp_path, "cluster: {name: test}\ncontrol_planes:\n  node1: {address: 192.168.1.11}\n") == []
    )


def test_the_cluster_is_missing_and_the_message_says_what_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_text(HOSTS)
    with pytest.raises(InventoryError, match="`cluster` is missing") as caught:
        load(path, Inventory)
    assert caught.value.problems[0].advice == "write `cluster: {name: NAME}`"


def test_a_letter_that_only_looks_right_is_named_in_what_is_passed_on_to_the_kubelet(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, f"{HEAD}  kubelet: {{m\u0430xPods: 50}}\n{HOSTS}")
    assert problem.endswith("did you mean `maxPods`?; `\u0430` is CYRILLIC SMALL LETTER A (U+0430)")


def test_a_number_that_begins_with_its_point_is_read_as_such(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, f"{HEAD}  kubelet: {{kubeAPIQPS: .5}}\n{HOSTS}")
    assert "`kubeAPIQPS` should be a whole number for kubelet 1.34, not `0.5`" in problem


def test_an_address_given_twice_names_both_hosts_at_the_second_one(tmp_path: Path) -> None:
    text = f"{HEAD}control_planes:\n  node1: &one {{address: 192.168.1.11}}\nworkers:\n  node2: *one\n"
    assert problems(tmp_path, text) == [
        "7:10: node2 has the address of node1, 192.168.1.11 → give node2 an address of its own"
    ]


def test_a_host_that_should_be_both_is_told_how(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, f"{HEAD}{HOSTS}workers:\n  node1: {{address: 192.168.1.11}}\n")
    assert problem.endswith(
        "→ remove it from `control_planes` or from `workers`; "
        "a control plane with `taints: []` carries load as well"
    )


def test_all_is_said_at_once_also_beside_a_value_of_the_wrong_kind(tmp_path: Path) -> None:
    text = """\
cluster:
  name: test
  runtime: containerd
  kubernetes: 1.99.0
  firewall: keep
  service_cidr: 10.244.0.0/16
  log_rotation: {max_files: many}
  kubelet: {kind: KubeletConfiguration}
control_planes:
  node1: {address: 192.168.1.11, labels: rack1}
workers:
  node2: {address: 192.168.1.11}
smoke: {from: node9}
"""
    assert [problem.partition(" ")[0] for problem in problems(tmp_path, text)] == [
        "4:15:",
        "5:13:",
        "6:17:",
        "7:29:",
        "10:42:",
        "12:20:",
        "13:15:",
    ]


@pytest.mark.parametrize("part", ["url: http://mirror/rpm/", "key: http://mirror/key"])
def test_a_repository_given_in_part_has_the_rest_of_its_default(tmp_path: Path, part: str) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_text(f"{HEAD}{HOSTS}mirrors: {{packages: {{docker: {{{part}}}}}}}\n")
    docker = load(path, Inventory).settings.mirrors.packages.docker
    default = Inventory.model_fields["mirrors"].default.packages.docker
    name = part.partition(":")[0]
    assert getattr(docker, name) != getattr(default, name)
    assert {"url": docker.key, "key": docker.url}[name] == {"url": default.key, "key": default.url}[name]


def test_an_editor_takes_a_repository_given_in_part() -> None:
    packages = schema(Inventory)["$defs"]["Packages"]["properties"]
    assert set(packages["docker"]["properties"]) == {"url", "key"}
    assert "required" not in packages["docker"]
    assert schema(Inventory)["$defs"]["Repository"]["required"] == ["url", "key"]


def test_a_manifest_from_elsewhere_keeps_the_checksum_of_the_published_one(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_text(f"{HEAD}{HOSTS}mirrors: {{manifests: {{flannel: {{url: http://mirror/f.yml}}}}}}\n")
    settings = load(path, Inventory).settings
    flannel, _ = sources(settings.cluster, settings.mirrors)
    assert flannel.url == "http://mirror/f.yml"
    assert flannel.sha256 == fitting(FLANNEL, settings.cluster.kubernetes).sha256


SECRET = f"{HEAD}{HOSTS}ssh: {{sudo_password: {{env: NODEWRIGHT_NOT_SET}}}}\n"


def test_a_run_needs_the_secrets_of_the_environment(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, SECRET)
    assert "the environment variable NODEWRIGHT_NOT_SET is not set" in problem


def test_a_check_does_not_need_the_secrets_of_the_environment_and_names_them(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_text(SECRET)
    assert load(path, Inventory, for_run=False).unset == {"NODEWRIGHT_NOT_SET"}
    os.environ["NODEWRIGHT_NOT_SET"] = "x"
    try:
        assert load(path, Inventory, for_run=False).unset == frozenset()
    finally:
        del os.environ["NODEWRIGHT_NOT_SET"]


def texts(model: type[BaseModel], path: str) -> Iterator[tuple[str, TypeAdapter[Any]]]:
    """Each text of a model and of the models in it, with what validates it."""
    for name, field in model.model_fields.items():
        annotated: Any = field.annotation
        for constraint in field.metadata:
            annotated = Annotated[annotated, constraint]
        yield from texts_of(annotated, f"{path}.{name}")


def texts_of(annotated: Any, path: str) -> Iterator[tuple[str, TypeAdapter[Any]]]:
    origin = get_origin(annotated)
    bare = get_args(annotated)[0] if origin is Annotated else annotated
    if isinstance(bare, type) and issubclass(bare, Settings):
        yield from texts(bare, path)
    elif bare is Any or bare is Secret or bare is type(None) or bare is Ellipsis:
        return
    elif get_origin(bare) is None:
        yield path, TypeAdapter(annotated)
    elif get_origin(bare) in {Union, UnionType} or bare is not annotated:
        for argument in get_args(bare):
            yield from texts_of(argument, path)
    else:
        for argument in get_args(bare):
            if not isinstance(argument, str):
                yield from texts_of(argument, path)


TEXTS = list(texts(Inventory, "inventory"))


@pytest.mark.parametrize(("path", "adapter"), TEXTS, ids=[path for path, _ in TEXTS])
def test_no_text_of_an_inventory_takes_control_characters(path: str, adapter: TypeAdapter[Any]) -> None:
    for unseen in "\n\r\t\0\x1b\x7f\x9b\u202e\u2028\u200b":
        for text in (f"1{unseen}0", f"10{unseen}", f"http://a{unseen}b"):
            try:
                read = adapter.validate_python(text)
            except ValidationError:
                continue
            assert unseen not in str(read)
