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
    filled_file,
    fstab_entry,
    fstab_without,
    group,
    hostname,
    ini_key,
    kernel_module,
    line_in_file,
    link,
    masked,
    member,
    packages,
    packages_absent,
    reboot,
    repository,
    restored,
    restored_unit,
    rpm_key,
    service,
    stopped,
    sysctls,
    unit_file,
    user,
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
    "download": download("https://example.org/app", "/usr/local/bin/app", sha256=_SHA256, mode="0755"),
    "drop-in": drop_in("app", "10-proxy", "[Service]\nEnvironment=HTTPS_PROXY=http://proxy:3128\n"),
    "enabled": enabled("app"),
    "file": file(
        "/etc/sudoers.d/app", "app ALL=(ALL) ALL\n", mode="0440", validate='visudo -cf "$temporary"'
    ),
    "file-not-readable": file("/etc/app/it's", "\x00\x01\x02"),
    "file-secret": file("/etc/app/key", "s3cret\n", mode="0600", secret=True),
    "filled-file": filled_file("/run/app/join", "token: @TOKEN@\n", {"@TOKEN@": "join_token"}),
    "fstab-entry": fstab_entry("UUID=1234", "/var/lib/my data", "xfs", options="noatime"),
    "fstab-without": fstab_without("swap"),
    "group": group("app", gid=400),
    "hostname": hostname("node-1"),
    "ini-key": ini_key("/etc/app/app.ini", "key", "value", section="main"),
    "line-in-file": line_in_file("/etc/app/app.conf", "Port 22", instead_of="^Port "),
    "link": link("/etc/localtime", "../usr/share/zoneinfo/UTC"),
    "masked": masked("dev-disk-by\\x2duuid-5.swap"),
    "member": member("alice", "app"),
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
    "rpm-key": rpm_key("https://example.org/key", "DE57 BFBE 53A9 BE98 FA13 3F46 8F7D 4E5F 0123 4567"),
    "service": service("app", depends_on=[_CONFIG], packages=["app"]),
    "stopped": stopped("firewalld"),
    "sysctls": _settings[1],
    "sysctls-at-boot": _settings[0],
    "unit-file": unit_file("app", "[Service]\nExecStart=/usr/local/bin/app\n"),
    "user": user("app", group="app", uid=400, home="/var/lib/app"),
    "wait-until": wait_until("the app answers", "curl -fs http://localhost/", deadline=120),
}
