"""Whole files: every way in which one can be wrong is seen, and put right."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from nodewright.resources import file
from nodewright.resources.files import filled_text
from tests.shell.resources.host import Host

PATH = "/etc/app/app.conf"
TEXT = "port = 80\n"
ODD_PATHS = [
    "/etc/a b",
    "/etc/-rf",
    '/etc/it\'s "quoted"',
    "/etc/two\nlines",
    "/etc/ends in one\n",
    "/etc/$(touch /pwned)`touch /pwned`",
    "/etc/*",
    "/etc/back\\slash",
    "/etc/ключ=ü",
    "/top",
]


def _missing_folder(host: Host) -> None:
    assert not host.at("/etc/app").exists()


def _missing(host: Host) -> None:
    host.at("/etc/app").mkdir()


def _wrong_content(host: Host) -> None:
    host.put(PATH, "port = 81\n")


def _empty(host: Host) -> None:
    host.put(PATH, "")


def _no_line_end(host: Host) -> None:
    host.put(PATH, TEXT.rstrip("\n"))


def _wrong_mode(host: Host) -> None:
    host.put(PATH, TEXT, mode=0o600)


def _wrong_owner(host: Host) -> None:
    os.chown(host.put(PATH, TEXT), 65534, 0)


def _wrong_group(host: Host) -> None:
    os.chown(host.put(PATH, TEXT), 0, 65534)


def _link_to_the_same_text(host: Host) -> None:
    host.put("/etc/app/other", TEXT)
    host.at(PATH).symlink_to("other")


def _dangling_link(host: Host) -> None:
    host.at("/etc/app").mkdir()
    host.at(PATH).symlink_to("nowhere")


def _link_to_a_folder(host: Host) -> None:
    host.at("/etc/app/folder").mkdir(parents=True)
    host.at(PATH).symlink_to("folder")


WRONG = [
    _missing_folder,
    _missing,
    _wrong_content,
    _empty,
    _no_line_end,
    _wrong_mode,
    _wrong_owner,
    _wrong_group,
    _link_to_the_same_text,
    _dangling_link,
    _link_to_a_folder,
]


@pytest.mark.parametrize("make_wrong", WRONG)
def test_what_is_wrong_is_seen_and_put_right(host: Host, make_wrong: Callable[[Host], None]) -> None:
    make_wrong(host)

    host.converges(file(PATH, TEXT))

    place = host.at(PATH)
    assert not place.is_symlink()
    assert host.read(PATH) == TEXT
    assert oct(place.stat().st_mode) == "0o100644"
    assert (place.stat().st_uid, place.stat().st_gid) == (0, 0)
    assert not list(place.parent.glob(".nodewright*"))


def test_a_folder_in_the_way_is_refused_and_left_as_it_is(host: Host) -> None:
    host.put(f"{PATH}/precious", "data")
    host.at(PATH).chmod(0o750)

    host.refuses(file(PATH, TEXT), because=f"{PATH} is a folder")

    assert host.read(f"{PATH}/precious") == "data"
    assert [entry.name for entry in host.at(PATH).iterdir()] == ["precious"]
    assert oct(host.at(PATH).stat().st_mode) == "0o40750"


def test_what_a_link_in_the_way_points_to_is_left_alone(host: Host) -> None:
    host.put("/etc/app/other", "theirs")
    host.at(PATH).symlink_to("other")

    host.converges(file(PATH, TEXT))

    assert host.read("/etc/app/other") == "theirs"


def test_a_link_is_no_file_whatever_mode_is_wanted(host: Host) -> None:
    host.put("/etc/app/other", TEXT)
    host.at(PATH).symlink_to("other")

    host.converges(file(PATH, TEXT, mode="0777"))


@pytest.mark.parametrize("path", ODD_PATHS)
def test_no_path_is_interpreted(host: Host, path: str) -> None:
    host.converges(file(path, TEXT))

    assert host.read(path) == TEXT
    assert not host.at("/pwned").exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no line end",
        "\n",
        "END\nEND_\n",
        "$HOME `id` $(id) \\ \\\\ ' \" !!\n",
        "\ttabs and  blanks  \n\n\n",
        "one\r\ntwo\r\n",
        "\x00\x01\x7f\x80\x81\x88\x9f",
        "ÁÂÃÄÅÆÇÈ 汉字 🙂\n",
        "x" * 200_000 + "\n",
    ],
)
def test_every_text_arrives_unchanged(host: Host, text: str) -> None:
    host.converges(file(PATH, text))

    assert host.read(PATH) == text


def test_owner_group_and_special_modes_are_set_by_name_and_by_number(host: Host) -> None:
    host.converges(file("/etc/by-name", TEXT, owner="nobody", group="nobody", mode="4755"))
    host.converges(file("/etc/by-number", TEXT, owner="1234", group="4321", mode="000"))

    by_name, by_number = host.at("/etc/by-name").stat(), host.at("/etc/by-number").stat()
    assert (oct(by_name.st_mode), by_name.st_uid, by_name.st_gid) == ("0o104755", 65534, 65534)
    assert (oct(by_number.st_mode), by_number.st_uid, by_number.st_gid) == ("0o100000", 1234, 4321)


def test_a_file_that_does_not_validate_replaces_nothing(host: Host) -> None:
    host.put(PATH, "good = yes\n")
    step = file(PATH, "bad = yes\n", validate='grep -q good "$temporary"')

    assert host.run(step.apply).status != 0

    assert host.read(PATH) == "good = yes\n"
    assert not list(host.at(PATH).parent.glob(".nodewright*"))


def test_a_file_that_validates_is_put_in_place(host: Host) -> None:
    host.converges(file(PATH, "good = yes\n", validate='grep -q good "$temporary"'))


def test_a_bind_mount_is_written_in_place(host: Host) -> None:
    host.put(PATH, "old\n", mode=0o600)
    host.put("/mounted", "old\n", mode=0o600)
    host.put("/mounts", f'mount --bind "$1/mounted" "$1{PATH}"\n')

    host.converges(file(PATH, TEXT))

    assert host.read("/mounted") == TEXT
    assert oct(host.at("/mounted").stat().st_mode) == "0o100644"
    assert host.read(PATH) == "old\n", "what lies below the mount is not reached"
    assert not list(host.at(PATH).parent.glob(".nodewright*"))


def test_a_bind_mount_is_closed_to_others_before_a_secret_is_written_to_it(host: Host) -> None:
    host.put(PATH, "old\n")
    host.put("/mounted", "old\n")
    host.put("/mounts", f'mount --bind "$1/mounted" "$1{PATH}"\n')
    watched = f'cp() {{ stat -c %a {PATH} >/mode-meanwhile; command cp "$@"; }}\n'

    ran = host.run(watched + file(PATH, "secret\n", mode="0600", secret=True).apply)

    assert ran.status == 0
    assert host.read("/mode-meanwhile") == "600\n"


def test_the_label_of_selinux_is_restored_where_selinux_is_on(host: Host) -> None:
    restorecon = 'selinuxenabled() { :; }\nrestorecon() { echo "restorecon $1"; }\n'

    ran = host.run(restorecon + file(PATH, TEXT).apply)

    assert ran.output == f"restorecon {PATH}\n"


def test_a_plan_shows_mode_owner_and_text_as_they_are_and_as_they_will_be(host: Host) -> None:
    host.put(PATH, "port = 81\n", mode=0o600)
    step = file(PATH, TEXT)

    assert host.run(step.show).output == "-rw-------:root:root\nport = 81\n"
    assert step.want == "-rw-r--r--:root:root\nport = 80\n"
    host.apply(step)
    assert host.run(step.show).output == step.want


def test_a_plan_shows_of_a_secret_file_digest_and_mode_alone(host: Host) -> None:
    host.put(PATH, "old secret\n")
    step = file(PATH, "new secret\n", mode="0600", secret=True)

    shown = host.run(step.show).output
    assert "secret" not in shown
    assert "secret" not in (step.want or "")
    assert shown.startswith("-rw-r--r--:root:root\n")
    host.apply(step)
    assert host.run(step.show).output == step.want


TEMPLATE = "token: @TOKEN@\nkey: '@KEY@' and @TOKEN@ $HOME `id` \\\n"
VALUES = {"@TOKEN@": "token_variable", "@KEY@": "key_variable"}


def _filled() -> str:
    """Returns the command that writes the template with its values."""
    return f"cat >'{PATH}' {filled_text(TEMPLATE, VALUES)}"


def test_placeholders_are_filled_from_variables_of_the_preamble(host: Host) -> None:
    host.put(PATH, "")

    host.run(_filled(), token_variable="abc.def", key_variable="x y")

    assert host.read(PATH) == "token: abc.def\nkey: 'x y' and abc.def $HOME `id` \\\n"


@pytest.mark.parametrize(
    "value", ["@KEY@", "$(touch /pwned)", "`touch /pwned`", "a\nb", "END", "\\$", "' \"", "&"]
)
def test_values_are_not_interpreted(host: Host, value: str) -> None:
    host.put(PATH, "")

    host.run(_filled(), token_variable=value, key_variable="k")

    assert host.read(PATH) == f"token: {value}\nkey: 'k' and {value} $HOME `id` \\\n"
    assert not host.at("/pwned").exists()


def test_an_empty_value_fills_nothing(host: Host) -> None:
    host.put(PATH, "")

    assert host.run(_filled(), token_variable="", key_variable="k").status != 0
    assert host.read(PATH) == ""


def test_values_show_in_no_argv(host: Host) -> None:
    host.put(PATH, "")
    watcher = "cat() { command cat /proc/*/cmdline >>/argv 2>/dev/null || :; command cat; }\n"

    ran = host.run(watcher + _filled(), token_variable="the-token", key_variable="k")

    assert ran.status == 0
    assert "the-token" in host.read(PATH)
    assert b"the-token" not in host.at("/argv").read_bytes()
