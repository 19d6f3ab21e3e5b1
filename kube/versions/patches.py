"""Holds the newest patch release of each minor, for users who write `1.30` or a version that does not exist.

Sources, 2026-11-25: kubernetes/website, data/releases/eol.yaml, for the minors that have ended by then; the versions
of the modules k8s.io/api and k8s.io/kubelet for the others and for 1.29.15, which came after 1.29's end.
"""

from __future__ import annotations

from collections.abc import Mapping

from kube.versions.releases import Version

NEWEST_PATCHES: Mapping[int, int] = {
    13: 12,
    14: 10,
    15: 12,
    16: 15,
    17: 17,
    18: 20,
    19: 16,
    20: 15,
    21: 14,
    22: 17,
    23: 17,
    24: 17,
    25: 16,
    26: 15,
    27: 16,
    28: 15,
    29: 15,
    30: 14,
    31: 14,
    32: 13,
    33: 13,
    34: 13,
    35: 10,
    36: 6,
}

#: These minors still get a patch release each month, until 2027-02-28 and 2027-06-28 (kubernetes.io/releases).
_MAINTAINED = {35, 36}
_A_YEAR = 12


def newest_patch(minor: int) -> Version:
    """Returns the newest known patch release of a minor.

    Raises:
        KeyError: the minor is not known.
    """
    return Version(1, minor, NEWEST_PATCHES[minor])


def exists(version: Version) -> bool:
    """Returns whether a patch release exists, or may exist by now."""
    newest = NEWEST_PATCHES[version.minor]
    return version.patch <= (newest + _A_YEAR if version.minor in _MAINTAINED else newest)
