"""What a control plane gives to hosts that join: read off what kubeadm prints, and taken back afterwards."""

from __future__ import annotations

from kube.paths import KUBEADM_CONFIGURATION as CONFIG
from kube.settings.node import NodeSettings
from nodewright.script.compile import Mode, Section, compile_script
from nodewright.script.records import OutputValue, parse
from nodewright.workflow.context import Context, Role
from roles.control_plane.join_secrets import (
    CA_HASH,
    CERTIFICATE_KEY,
    TOKEN,
    certificates_given,
    join_token_given,
    join_token_revoked,
)
from tests.shell.resources.host import Host
from tests.shell.roles.applied import RUN, converges
from tests.unit.roles.villages import context


def given(host: Host, role: Role[NodeSettings], ctx: Context[NodeSettings]) -> dict[str, str]:
    """The values that a role's steps give away."""
    script = compile_script([Section("values", tuple(role(ctx)))])
    ran = host.script(script.text(run_id=RUN, mode=Mode.APPLY))
    records = [parse(line, RUN) for line in ran.output.encode().splitlines()]
    return {record.name: record.value for record in records if isinstance(record, OutputValue)}


def test_a_join_token_lives_for_minutes_and_comes_with_the_clusters_hash(host: Host) -> None:
    assert given(host, join_token_given, context()) == {
        TOKEN: "abcdef.0123456789abcdef",
        CA_HASH: "sha256:1234",
    }
    assert host.log() == ["kubeadm token create --ttl 10m --description nodewright --print-join-command"]


def test_each_run_makes_a_join_token_of_its_own(host: Host) -> None:
    given(host, join_token_given, context())
    given(host, join_token_given, context())

    assert len(host.log()) == 2


def test_a_join_token_is_revoked_by_its_public_half(host: Host) -> None:
    given(host, join_token_given, context())
    ctx = context()
    revoking = Context(host=ctx.host, hosts=ctx.hosts, facts=ctx.facts, inputs={TOKEN: "token"})

    converges(host, join_token_revoked, revoking, variables={"token": "abcdef.0123456789abcdef"})

    assert host.log()[-1] == "kubeadm token delete abcdef"
    assert not host.at("/state/bootstrap-token").exists()


def test_certificates_are_uploaded_with_the_configuration_that_names_the_runtimes_socket(host: Host) -> None:
    host.put(CONFIG, "kind: InitConfiguration\n")

    assert given(host, certificates_given, context()) == {CERTIFICATE_KEY: "0123456789abcdef0123456789abcdef"}
    assert host.log() == [f"kubeadm init phase upload-certs --upload-certs --config {CONFIG}"]
