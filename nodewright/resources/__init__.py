"""Offers roles their parts: each function describes one thing on a host, and returns the step that makes it so.

The functions are pure: nothing happens on the host until the script runs. A wrong argument raises
ConfigurationError at once. Where a thing takes two steps (a setting now and at every boot), the function
yields them: `yield from sysctls(...)`.
"""

from nodewright.resources.background import awaited, background, background_unit
from nodewright.resources.before import restored, restored_unit
from nodewright.resources.commands import command
from nodewright.resources.downloads import download, unpacked
from nodewright.resources.files import file
from nodewright.resources.fstab import fstab_without
from nodewright.resources.hostname import hostname
from nodewright.resources.ini import ini_key
from nodewright.resources.lines import block
from nodewright.resources.modules import kernel_module
from nodewright.resources.packages import Package, packages, packages_absent
from nodewright.resources.paths import absent, directory, link
from nodewright.resources.reboot import reboot
from nodewright.resources.repositories import repository
from nodewright.resources.services import drop_in, drop_in_path, enabled, masked, service, stopped, unit_file
from nodewright.resources.sysctls import sysctls
from nodewright.resources.users import group
from nodewright.resources.waits import wait_until

__all__ = [
    "Package",
    "absent",
    "awaited",
    "background",
    "background_unit",
    "block",
    "command",
    "directory",
    "download",
    "drop_in",
    "drop_in_path",
    "enabled",
    "file",
    "fstab_without",
    "group",
    "hostname",
    "ini_key",
    "kernel_module",
    "link",
    "masked",
    "packages",
    "packages_absent",
    "reboot",
    "repository",
    "restored",
    "restored_unit",
    "service",
    "stopped",
    "sysctls",
    "unit_file",
    "unpacked",
    "wait_until",
]
