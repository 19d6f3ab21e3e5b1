"""What cannot become a step is refused at once, in words, before any host is contacted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nodewright.errors import ConfigurationError
from nodewright.resources import (
    Package,
    absent,
    background,
    block,
    command,
    directory,
    download,
    file,
    group,
    hostname,
    ini_key,
    kernel_module,
    link,
    packages,
    packages_absent,
    repository,
    service,
    sysctls,
    wait_until,
)
from nodewright.resources.files import filled_text

REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "a relative path": (lambda: file("etc/app", ""), "not an absolute path"),
    "a path that ends in a slash": (lambda: directory("/etc/app/"), "without a slash at its end"),
    "the root folder": (lambda: directory("/"), "not an absolute path"),
    "a NUL in a path": (lambda: file("/etc/a\0b", ""), "NUL"),
    "a mode in words": (lambda: file("/etc/app", "", mode="u=rw"), "octal"),
    "a mode with an 8": (lambda: directory("/etc/app", mode="0788"), "octal"),
    "a template without a line's end": (lambda: filled_text("x", {}), "line's end"),
    "a placeholder that is not there": (lambda: filled_text("x\n", {"@T@": "t"}), "'@T@'"),
    "a variable that is none": (lambda: filled_text("@T@\n", {"@T@": "t-t"}), "'t-t'"),
    "a block with a marker in it": (
        lambda: block("/a", "# END nodewright m\n", marker="m"),
        "its own marker",
    ),
    "a block whose last line has no end": (lambda: block("/a", "x", marker="m"), "every line has its end"),
    "a marker that awk would interpret": (lambda: block("/a", "", marker='"'), "cannot mark a block"),
    "a key with its sign": (lambda: ini_key("/a", "k=", "v"), "'k='"),
    "a key like a comment": (lambda: ini_key("/a", "#k", "v"), "'#k'"),
    "a value with a blank at its end": (lambda: ini_key("/a", "k", "v "), "begins or ends with a blank"),
    "a value of two lines": (lambda: ini_key("/a", "k", "v\nw=1"), "line break"),
    "a section with its bracket": (lambda: ini_key("/a", "k", "v", section="a]"), "'a]'"),
    "a link to nothing": (lambda: link("/a", ""), "needs a target"),
    "a tree right below the root": (lambda: absent("/etc", tree=True), "not a tree"),
    "a tree by a detour": (lambda: absent("/etc/app/../..", tree=True), "not a tree"),
    "no packages": (lambda: packages([], manager="dnf"), "one at least"),
    "no packages to remove": (lambda: packages_absent([], manager="dnf"), "one at least"),
    "an option for a package": (lambda: packages(["--nogpgcheck"], manager="dnf"), "'--nogpgcheck'"),
    "a pattern for a version": (lambda: Package("app", "1.*"), "'1.*'"),
    "a repository without a key": (
        lambda: repository("app", title="", base_urls=["https://a"], keys=[]),
        "a key to check its packages by",
    ),
    "a repository's title of two lines": (
        lambda: repository("app", title="a\ngpgcheck=0", base_urls=["https://a"], keys=["https://k"]),
        "line break",
    ),
    "a repository's id that is a path": (
        lambda: repository("../app", title="", base_urls=["https://a"], keys=["https://k"]),
        "'../app'",
    ),
    "a checksum of another kind": (lambda: download("https://a", "/a", sha256="a" * 40), "SHA-256"),
    "a URL of another kind": (lambda: download("ftp://a", "/a", sha256="a" * 64), "ftp://a"),
    "a unit that is none": (lambda: service("a b"), "'a b'"),
    "a module with a dash": (lambda: list(kernel_module("ip-vs")), "'ip-vs'"),
    "no settings": (lambda: list(sysctls({})), "one at least"),
    "a setting that is none": (lambda: list(sysctls({"a b": "1"})), "'a b'"),
    "a setting without a value": (lambda: list(sysctls({"a.b": ""})), "is empty"),
    "a group that is none": (lambda: group("-g"), "'-g'"),
    "a check that does not look": (lambda: command("x", "run", check="false"), "does not look at the host"),
    "looking more rarely than the deadline": (
        lambda: wait_until("x", "y", deadline=1, every=2),
        "does not fit",
    ),
    "a label of work with a slash": (lambda: background("a/b", "x", check="y"), "'a/b'"),
    "a host name with an underscore": (lambda: hostname("a_b"), "'a_b'"),
    "a host name with capitals": (lambda: hostname("Node1"), "'Node1'"),
    "a host name that is too long": (lambda: hostname("a" * 65), "64 at most"),
}


@pytest.mark.parametrize(("make", "message"), REFUSED.values(), ids=list(REFUSED))
def test_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        make()

    assert message in str(refusal.value)
