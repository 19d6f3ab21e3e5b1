"""Waits on the host itself until a condition holds, is known to be hopeless, or a deadline has passed."""

from __future__ import annotations

from nodewright.errors import ConfigurationError
from nodewright.script import shell
from nodewright.script.step import Step

#: Seconds that a step may take beyond its deadline, for its last look and for explaining the failure.
_GRACE = 60.0

#: Seconds between two looks whether waiting is in vain: they cost more than those at what is waited for.
_DOUBT_EVERY = 2


def wait_until(
    name: str,
    condition: str,
    *,
    deadline: float,
    every: float = 2.0,
    explain: str = "",
    hopeless: str = "",
    after: tuple[str, ...] = (),
) -> Step:
    """Returns the step that waits until `condition` holds. A plan looks once and does not wait.

    The script's last look waits as well: the condition may stop holding while another host restarts.

    Args:
        name: what the step waits for.
        condition: commands, one a line; all of them have to succeed.
        deadline: seconds until the step fails.
        every: seconds between two looks.
        explain: commands that print why the condition does not hold; they run once at the end, and may fail.
        hopeless: commands that succeed, and print why, once it is known that the condition will not hold; the
            step then fails at once.
    """
    if not 0 < every <= deadline:
        raise ConfigurationError(f"{name}: looking every {every} s does not fit a deadline of {deadline} s")
    return Step(
        name=name,
        check=condition,
        apply=wait(condition, name, deadline=deadline, every=every, explain=explain, hopeless=hopeless),
        after=after,
        timeout=deadline + _GRACE,
        waits=True,
    )


def wait(
    condition: str, what: str, *, deadline: float, every: float, explain: str = "", hopeless: str = ""
) -> str:
    """Returns commands that wait for `condition` and fail at the deadline, counted by the kernel's uptime.

    The wall clock may jump, often in the minute in which chrony starts. The condition does not stand behind an
    `until`, where the shell would ignore `set -e` in it.
    """
    doubt = shell.sh(
        """
        if [ "${uptime%%.*}" -ge "$doubt" ]; then
          doubt=$((${uptime%%.*} + @doubt_every))
          @hopeless
          if [ "$status" = 0 ]; then
            echo @vain >&2
            cat "$nw_tmp/reason" >&2
            @explain
            exit 1
          fi
        fi
        """,
        doubt_every=str(_DOUBT_EVERY),
        hopeless=_tried(hopeless, ' >"$nw_tmp/reason" 2>/dev/null'),
        vain=shell.quote(f"waiting is in vain: {what}"),
        explain=_told(explain),
    )
    return shell.sh(
        """
        read -r uptime _ </proc/uptime
        end=$((${uptime%%.*} + @deadline))
        @first_doubt
        while :; do
          @condition
          if [ "$status" = 0 ]; then
            break
          fi
          read -r uptime _ </proc/uptime
          @doubt
          if [ "${uptime%%.*}" -ge "$end" ]; then
            echo @late >&2
            @explain
            exit 1
          fi
          sleep @every
        done
        """,
        deadline=str(round(deadline)),
        first_doubt=f"doubt=$((${{uptime%%.*}} + {_DOUBT_EVERY}))" if hopeless else "",
        condition=_tried(condition),
        doubt=doubt if hopeless else "",
        late=shell.quote(f"still waiting after {deadline:g} s: {what}"),
        explain=_told(explain),
        every=f"{every:g}",
    )


def watched(command: str, *, hopeless: str, explain: str = "") -> str:
    """Returns commands that run one that waits by itself, and end it once `hopeless` succeeds.

    Args:
        command: a single command, not a list, so that it can be ended.
        hopeless: as in `wait_until`.
        explain: as in `wait_until`; it also runs if the command fails by itself.
    """
    return shell.sh(
        """
        rm -f "$nw_tmp/in-vain"
        @command &
        watched=$!
        (
          while sleep @doubt_every; do
            @hopeless
            if [ "$status" = 0 ]; then
              mv "$nw_tmp/reason" "$nw_tmp/in-vain"
              kill "$watched"
              exit 0
            fi
          done
        ) &
        watcher=$!
        set +e
        wait "$watched"
        status=$?
        kill "$watcher" 2>/dev/null
        set -e
        if [ "$status" != 0 ]; then
          if [ -e "$nw_tmp/in-vain" ]; then
            echo 'ended, since it waited in vain:' >&2
            cat "$nw_tmp/in-vain" >&2
          fi
          @explain
          exit "$status"
        fi
        """,
        command=command,
        doubt_every=str(_DOUBT_EVERY),
        hopeless=_tried(hopeless, ' >"$nw_tmp/reason" 2>/dev/null'),
        explain=_told(explain),
    )


def _tried(text: str, output: str = "") -> str:
    """Returns commands that run others on their own and set `$status`."""
    return shell.sh(
        """
        set +e
        (
          set -e
          @text
        )@output
        status=$?
        set -e
        """,
        text=text,
        output=output,
    )


def _told(explain: str) -> str:
    return shell.sh("set +e\n(\n  @explain\n)\nset -e", explain=explain) if explain else ""
