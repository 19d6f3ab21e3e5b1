"""Asks which package repositories a host has enabled."""

from __future__ import annotations

from nodewright.facts.fragment import Fragment


def parse_repositories(text: str) -> tuple[str, ...]:
    """Reads the ids of the enabled repositories from lines `repository ID`."""
    lines = (line.split(" ", 1) for line in text.splitlines())
    return tuple(words[1].strip() for words in lines if words[0] == "repository" and len(words) == 2)


#: It reads the files, since `dnf repolist` may ask the network first.
REPOSITORIES = Fragment(
    "repositories",
    r"""awk '
function tell() {
    if (id != "" && enabled) print "repository " id
    id = ""
}
/^[ \t]*\[/ {
    tell()
    id = $0
    sub(/^[ \t]*\[/, "", id)
    sub(/\].*/, "", id)
    enabled = 1
}
/^[ \t]*enabled[ \t]*=/ {
    value = tolower($0)
    sub(/^[^=]*=[ \t]*/, "", value)
    enabled = value ~ /^(1|y|yes|true|on)/
}
END { tell() }' /etc/yum.repos.d/*.repo""",
    parse_repositories,
)
