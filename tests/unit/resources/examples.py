"""One example of each resource, named as its golden file is."""

from __future__ import annotations

from collections.abc import Mapping

from nodewright.resources import (
    Package,
    absent,
    awaited,
    background,
    block,
    command,
    directory,
    download,
    drop_in,
    enabled,
    file,
    fstab_without,
    group,
    hostname,
    ini_key,
    kernel_module,
    link,
    masked,
    packages,
    packages_absent,
    reboot,
    repository,
    restored,
    restored_unit,
    service,
    stopped,
    sysctls,
    unit_file,
    unpacked,
    wait_until,
)
from nodewright.script.step import Step

_SHA256 = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
_CONFIG = "/etc/app/app.conf"
_module = tuple(kernel_module("br_netfilter", effect="[ -d /proc/sys/net/bridge ]"))
_settings = tuple(sysctls({"net.ipv4.ip_forward": "1", "net.ipv4.ip_local_port_range": "1024 65000"}))

EXAMPLES: Mapping[str, Step] = {
    "absent": absent("/etc/app", tree=True),
    "awaited": awaited("pull", check="[ -e /var/lib/app/image ]", deadline=600),
    "background": background("pull", "app pull", check="[ -e /var/lib/app/image ]"),
    "block": block("/etc/hosts", "10.0.0.1 one\n10.0.0.2 two\n", marker="cluster"),
    "command": command(
        "app knows its peers", "app meet --all", check="app peers", show="app peers", changes=[_CONFIG]
    ),
    "directory": directory("/var/lib/app", mode="0750", owner="app", group="app"),
    "unpacked": unpacked("https://example.org/a.tgz", "a/app", "/opt/a/bin/app", sha256=_SHA256, mode="0755"),
    "download": download("https://example.org/app", "/usr/local/bin/app", sha256=_SHA256, mode="0755"),
    "drop-in": drop_in("app", "10-proxy", "[Service]\nEnvironment=HTTPS_PROXY=http://proxy:3128\n"),
    "enabled": enabled("app"),
    "file": file(
        "/etc/sudoers.d/app", "app ALL=(ALL) ALL\n", mode="0440", validate='visudo -cf "$temporary"'
    ),
    "file-not-readable": file("/etc/app/it's", "\x00\x01\x02"),
    "file-secret": file("/etc/app/key", "s3cret\n", mode="0600", secret=True),
    "fstab-without": fstab_without("swap"),
    "group": group("app", gid=400),
    "hostname": hostname("node-1"),
    "ini-key": ini_key("/etc/app/app.ini", "key", "value", section="main"),
    "link": link("/etc/localtime", "../usr/share/zoneinfo/UTC"),
    "masked": masked("dev-disk-by\\x2duuid-5.swap"),
    "module": _module[1],
    "module-at-boot": _module[0],
    "packages": packages([Package("app", "1.2.3"), Package("lib", "2-1.el9"), "curl"], manager="dnf"),
    "packages-absent": packages_absent(["app", "lib"], manager="yum"),
    "reboot": reboot("the new kernel runs", unless='[ "$(uname -r)" = 6.12.0 ]'),
    "repository": repository(
        "app",
        title="App",
        base_urls=["https://example.org/el9/"],
        keys=["https://example.org/key"],
        exclude=["app"],
    ),
    "restored": restored(_CONFIG),
    "restored-unit": restored_unit("firewalld"),
    "service": service("app", depends_on=[_CONFIG], packages=["app"]),
    "stopped": stopped("firewalld"),
    "sysctls": _settings[1],
    "sysctls-at-boot": _settings[0],
    "unit-file": unit_file("app", "[Service]\nExecStart=/usr/local/bin/app\n"),
    "wait-until": wait_until("the app answers", "curl -fs http://localhost/", deadline=120),
}
