"""A part of a file is ours: it comes to be as wanted, and not one byte of the rest changes."""

from __future__ import annotations

import os

import pytest

from nodewright.resources import block, fstab_without, ini_key
from nodewright.script.step import Step
from tests.shell.resources.host import Host

HOSTS = "/etc/hosts"
BLOCK = "# BEGIN nodewright cluster\n10.0.0.1 one\n10.0.0.2 two\n# END nodewright cluster\n"
FSTAB = """\
# swap is off: no entry of kind swap here
UUID=1234 / xfs defaults 0 0
LABEL=swap /swap ext4 defaults 0 0
  # /dev/sdz none swap sw 0 0
"""
SELINUX = """\
# This file controls the state of SELinux on the system.
# SELINUX= can take one of these three values:
SELINUX=enforcing
# SELINUXTYPE= can take one of these values:
SELINUXTYPE=targeted

"""


def _block() -> Step:
    return block(HOSTS, "10.0.0.1 one\n10.0.0.2 two\n", marker="cluster")


EDITS = [
    _block(),
    ini_key(HOSTS, "key", "value"),
]


@pytest.mark.parametrize("step", EDITS, ids=lambda step: step.name)
def test_mode_and_owner_of_the_file_stay(host: Host, step: Step) -> None:
    place = host.put(HOSTS, "127.0.0.1 localhost\n", mode=0o640)
    os.chown(place, 65534, 65534)

    host.converges(step)

    assert oct(place.stat().st_mode) == "0o100640"
    assert (place.stat().st_uid, place.stat().st_gid) == (65534, 65534)


@pytest.mark.parametrize("step", EDITS, ids=lambda step: step.name)
def test_a_file_that_is_not_there_is_made(host: Host, step: Step) -> None:
    host.converges(step)

    assert oct(host.at(HOSTS).stat().st_mode) == "0o100644"


@pytest.mark.parametrize("step", EDITS, ids=lambda step: step.name)
def test_a_link_is_followed(host: Host, step: Step) -> None:
    host.put("/etc/real/hosts", "127.0.0.1 localhost\n")
    host.at(HOSTS).symlink_to("real/hosts")

    host.converges(step)

    assert host.at(HOSTS).is_symlink()
    assert host.read("/etc/real/hosts").startswith("127.0.0.1 localhost\n") or "key=value" in host.read(HOSTS)


@pytest.mark.parametrize("step", EDITS, ids=lambda step: step.name)
def test_a_dangling_link_is_refused(host: Host, step: Step) -> None:
    host.at(HOSTS).symlink_to("nowhere")

    host.refuses(step, because=f"{HOSTS} is a link that leads nowhere")


@pytest.mark.parametrize("step", EDITS, ids=lambda step: step.name)
def test_a_folder_in_the_way_is_refused(host: Host, step: Step) -> None:
    host.at(HOSTS).mkdir()

    host.refuses(step, because=f"{HOSTS} is a folder")


@pytest.mark.parametrize("step", EDITS, ids=lambda step: step.name)
def test_a_bind_mount_is_edited_in_place(host: Host, step: Step) -> None:
    host.put(HOSTS, "below\n")
    host.put("/mounted", "127.0.0.1 localhost\n")
    host.put("/mounts", f'mount --bind "$1/mounted" "$1{HOSTS}"\n')

    host.converges(step)

    assert "127.0.0.1 localhost\n" in host.read("/mounted")
    assert host.read(HOSTS) == "below\n"


@pytest.mark.parametrize("step", EDITS, ids=lambda step: step.name)
def test_a_last_line_without_an_end_stays_a_line_of_its_own(host: Host, step: Step) -> None:
    host.put(HOSTS, "127.0.0.1 localhost")

    host.converges(step)

    assert "127.0.0.1 localhost" in host.read(HOSTS).splitlines()


@pytest.mark.parametrize("step", EDITS, ids=lambda step: step.name)
def test_a_plan_shows_what_is_there_and_what_will_be(host: Host, step: Step) -> None:
    host.put(HOSTS, "127.0.0.1 localhost\n")

    assert host.run(step.show).output == ""
    host.apply(step)
    assert host.run(step.show).output == step.want


# block


@pytest.mark.parametrize(
    ("before", "afterwards"),
    [
        pytest.param("a\n", f"a\n{BLOCK}", id="added at the end"),
        pytest.param(
            f"a\n{BLOCK.replace('two', 'three')}b\n", f"a\n{BLOCK}b\n", id="replaced where it stands"
        ),
        pytest.param(f"{BLOCK}a\n{BLOCK}b\n", f"{BLOCK}a\nb\n", id="a second one goes"),
        pytest.param(
            "# BEGIN nodewright cluster\n# END nodewright cluster\na\n",
            f"{BLOCK}a\n",
            id="an empty one is filled",
        ),
        pytest.param(
            "# BEGIN nodewright other\nx\n# END nodewright other\n",
            f"# BEGIN nodewright other\nx\n# END nodewright other\n{BLOCK}",
            id="another block stays",
        ),
    ],
)
def test_a_block_is_put_in(host: Host, before: str, afterwards: str) -> None:
    host.put(HOSTS, before)

    host.converges(_block())

    assert host.read(HOSTS) == afterwards


def test_a_block_without_its_end_is_refused_since_what_follows_may_be_somebodys(host: Host) -> None:
    host.put(HOSTS, "# BEGIN nodewright cluster\n10.0.0.1 one\nprecious\n")

    host.refuses(_block(), because="has no # END nodewright cluster after it")

    assert "precious" in host.read(HOSTS)


def test_five_thousand_hosts_fit_into_a_block(host: Host) -> None:
    lines = "".join(
        f"10.1.{number // 250}.{number % 250} node{number:04}.example.org\n" for number in range(5000)
    )

    host.converges(block(HOSTS, lines, marker="cluster"))

    assert host.read(HOSTS).count("\n") == 5002


def test_the_text_of_a_block_is_not_interpreted(host: Host) -> None:
    text = "$HOME `id` \\n & \\& END ' \"\nEND\n"

    host.converges(block("/etc/a b\n'c", text, marker="cluster"))

    assert text in host.read("/etc/a b\n'c")


# fstab


@pytest.mark.parametrize(
    "entry",
    [
        "/dev/sda2 none swap sw 0 0\n",
        "\t/swapfile\tswap\tswap\tdefaults\n",
        "UUID=5 swap swap defaults 0 0\n" * 2,
    ],
)
def test_real_entries_of_a_kind_go_and_every_other_line_stays(host: Host, entry: str) -> None:
    host.put("/etc/fstab", entry + FSTAB + entry)

    host.converges(fstab_without("swap"))

    assert host.read("/etc/fstab") == FSTAB


@pytest.mark.parametrize("text", [None, "", FSTAB])
def test_a_fstab_without_such_an_entry_is_left_as_it_is(host: Host, text: str | None) -> None:
    if text is not None:
        host.put("/etc/fstab", text)

    assert host.holds(fstab_without("swap"))


def test_a_plan_shows_the_entries_that_would_go(host: Host) -> None:
    host.put("/etc/fstab", f"{FSTAB}/dev/sda2 none swap sw 0 0\n")
    step = fstab_without("swap")

    assert host.run(step.show).output == "/dev/sda2 none swap sw 0 0\n"
    assert step.want == ""


# ini


def test_a_key_is_set_where_it_stands(host: Host) -> None:
    host.put("/etc/selinux/config", SELINUX)

    host.converges(ini_key("/etc/selinux/config", "SELINUX", "permissive"))

    assert host.read("/etc/selinux/config") == SELINUX.replace("SELINUX=enforcing", "SELINUX=permissive")


@pytest.mark.parametrize(
    ("before", "afterwards"),
    [
        pytest.param("[main]\nb=1\n", "[main]\nb=1\na=2\n", id="added to the last section"),
        pytest.param(
            "[main]\nb=1\n[x]\na=9\n", "[main]\nb=1\na=2\n[x]\na=9\n", id="added before the next section"
        ),
        pytest.param("[x]\na=9\n", "[x]\na=9\n[main]\na=2\n", id="with its section"),
        pytest.param(
            "a=8\n[main]\n#a=1\n;a=1\n", "a=8\n[main]\n#a=1\n;a=1\na=2\n", id="comments are no keys"
        ),
        pytest.param("[ main ]\n[main]\n  a = 1\n", "[ main ]\n[main]\na=2\n", id="blanks around the sign"),
        pytest.param("[main]\na=2\nb=1\na=3\n", "[main]\na=2\nb=1\n", id="a second one goes"),
        pytest.param("[main]\na=2\n[main]\na=3\n", "[main]\na=2\n[main]\n", id="in a repeated section too"),
        pytest.param("[main]\naa=1\na b=1\n", "[main]\naa=1\na b=1\na=2\n", id="the whole key counts"),
    ],
)
def test_a_key_is_set_in_its_section(host: Host, before: str, afterwards: str) -> None:
    host.put("/etc/app.ini", before)

    host.converges(ini_key("/etc/app.ini", "a", "2", section="main"))

    assert host.read("/etc/app.ini") == afterwards


@pytest.mark.parametrize("text", ["[main]\na=2\n", "[main]\n a = 2 \n", "a=3\n[main]\na=2\n[other]\na=4\n"])
def test_a_key_that_is_set_is_left_as_it_is(host: Host, text: str) -> None:
    host.put("/etc/app.ini", text)

    assert host.holds(ini_key("/etc/app.ini", "a", "2", section="main"))


@pytest.mark.parametrize("value", ["", "a=b=c", '"quoted $HOME `id`"', "\\n \\\\", "-e", "%s&"])
def test_no_value_is_interpreted(host: Host, value: str) -> None:
    host.put("/etc/app.ini", "[main]\na=other\n")

    host.converges(ini_key("/etc/app.ini", "a", value, section="main"))

    assert host.read("/etc/app.ini") == f"[main]\na={value}\n"
