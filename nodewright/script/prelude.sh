# The runtime of every script. It stands between the preamble, which sets the variables that it reads, and the
# texts of the steps; the script's last line calls nw_main.
#
# A step's texts may use:
#   output NAME VALUE   gives a value away: to the operator, or to other hosts; handed on if the text succeeds
#   pipe TEXT...        like `a | b`, but fails when any of them fails; each is shell of its own, one after the other
#   $nw_run_id          the id of this run, the same in all of its scripts
#   $nw_tmp             a folder of this script, for root alone; gone when the script ends
# All other names that begin with nw_ are the engine's.
#
# Records leave through descriptor 3, written by this shell alone; the lock is held by descriptor 9. No command of
# a step inherits either. Texts run in a subshell that is started bare, never in a condition: there `set -e` would
# mean nothing. Within $( ) busybox's shell knows it neither: one command there.

nw_main() { # MARKER
    # A script that was cut short within its last line comes here too.
    [ "$1" = 'the script is whole' ] || exit 1
    # `sh` and `bash` are to mean the same, also for `set -e` within $( ).
    # shellcheck disable=SC3040 # only bash comes here
    if [ -n "${BASH_VERSION-}" ]; then set -o posix; fi
    exec 3>&1 >/dev/null </dev/null
    umask 022
    unset IFS CDPATH ENV BASH_ENV
    export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    nw_changed=' ' nw_stop='' nw_rerun='' nw_end_status=0
    read -r nw_boot_id </proc/sys/kernel/random/boot_id
    nw_open_folder
    trap nw_close_folder EXIT
    # A record that nobody reads is an error of printf, not the end of this shell in the middle of a step.
    trap '' PIPE USR1
    trap 'nw_stop=yes' HUP INT TERM
    printf '\n' >&3
    nw_emit hello "$nw_boot_id"
    if [ "$nw_mode" = apply ]; then nw_lock; fi
    nw_watch

    nw_steps
    if [ "$nw_mode" = apply ] && [ "$nw_changed" != ' ' ]; then
        nw_rerun=yes
        nw_steps
    fi
    nw_end "$nw_end_status"
}

# ---- What texts of steps may use -------------------------------------------------------------------------------

output() { # NAME VALUE
    nw_value=$(printf '%s' "$2" | base64 -w0)
    printf '%s\t%s\n' "$1" "$nw_value" >>"$nw_tmp/outputs"
}

pipe() { # TEXT...
    nw_pipe="${nw_pipe:-$nw_tmp/pipe}+"
    rm -f "$nw_pipe"
    for nw_text; do
        if [ -e "$nw_pipe" ]; then
            mv -f "$nw_pipe" "$nw_pipe.in"
            (eval "$nw_text") <"$nw_pipe.in" >"$nw_pipe"
        else
            (eval "$nw_text") >"$nw_pipe"
        fi
        # Not `||`: that would switch off `set -e` within the text.
        nw_piped=$?
        if [ "$nw_piped" != 0 ]; then break; fi
    done
    if [ "$nw_piped" = 0 ]; then cat "$nw_pipe"; fi
    nw_pipe=${nw_pipe%+}
    return "$nw_piped"
}

# ---- Steps -----------------------------------------------------------------------------------------------------

# KIND is plain, reboots (its apply asks for a reboot) or waits (its apply waits until its check holds); EARLIER are
# the steps whose change makes it due.
nw_step() { # INDEX SECONDS KIND EARLIER...
    nw_index=$1 nw_seconds=$2 nw_kind=$3
    shift 3
    nw_start
    nw_due=''
    if [ "$nw_rerun" ]; then
        nw_check_again
        return
    fi
    for nw_earlier; do
        case $nw_changed in *" $nw_earlier "*) nw_due=yes ;; esac
    done
    if [ ! "$nw_due" ]; then
        nw_run "nw_check_$nw_index" "$nw_tmp/out"
        if [ "$nw_timed_out" = 1 ]; then nw_give_up failed; fi
        if [ "$nw_status" = 0 ]; then
            nw_hand_on
            nw_done ok ''
            return
        fi
    fi
    if [ "$nw_mode" = plan ]; then nw_show; else nw_apply; fi
}

nw_show() {
    : >"$nw_tmp/show"
    nw_run "nw_show_$nw_index" "$nw_tmp/show"
    nw_changed="$nw_changed$nw_index "
    nw_status=0 nw_timed_out=0
    nw_done change "$(head -c 262144 "$nw_tmp/show" | base64 -w0)"
}

nw_apply() {
    nw_emit begin "$nw_index"
    : >"$nw_tmp/out"
    : >"$nw_tmp/outputs"
    nw_run "nw_apply_$nw_index" "$nw_tmp/out"
    if [ "$nw_status" != 0 ]; then nw_give_up failed; fi
    if [ "$nw_kind" = reboots ]; then
        nw_emit reboot "$nw_index" "$nw_boot_id"
        nw_end 0
    fi
    nw_run "nw_check_$nw_index" "$nw_tmp/out"
    if [ "$nw_timed_out" = 1 ]; then nw_give_up failed; fi
    if [ "$nw_status" != 0 ]; then nw_give_up unconverged; fi
    nw_changed="$nw_changed$nw_index "
    nw_hand_on
    nw_done changed ''
}

# A later step may have undone an earlier one: a package's scriptlet does such things.
nw_check_again() {
    nw_run "nw_check_$nw_index" "$nw_tmp/out"
    : >"$nw_tmp/outputs"
    if [ "$nw_status" = 0 ]; then return; fi
    if [ "$nw_kind" = waits ] && [ "$nw_end_status" = 0 ]; then
        nw_wait_again
        return
    fi
    nw_end_status=1
    nw_done unconverged "$(nw_kept | base64 -w0)"
}

# What a step waited for may have gone and be on its way back: another host of the run restarts its runtime. Once
# something is known to be undone, nobody waits any more.
nw_wait_again() {
    nw_emit begin "$nw_index"
    : >"$nw_tmp/out"
    nw_run "nw_apply_$nw_index" "$nw_tmp/out"
    : >"$nw_tmp/outputs"
    if [ "$nw_status" = 0 ]; then
        nw_done ok ''
        return
    fi
    nw_end_status=1
    nw_done failed "$(nw_kept | base64 -w0)"
}

nw_job_done() { # JOB
    if [ ! "$nw_rerun" ]; then nw_emit job "$1"; fi
}

# What runs between two steps: here the script stops if it is asked to.
nw_start() {
    if [ -e "$nw_tmp/stop" ] || [ "$nw_stop" ]; then
        if [ ! "$nw_rerun" ]; then nw_emit stopped "$nw_index"; fi
        nw_end 1
    fi
    nw_clock
    nw_began=$nw_now
    nw_next_tick=$((nw_now + nw_every))
    : >"$nw_tmp/out"
}

nw_give_up() { # OUTCOME
    nw_done "$1" "$(nw_kept | base64 -w0)"
    nw_end 1
}

# ---- Questions: texts that are run for what they print ---------------------------------------------------------

nw_ask() { # INDEX SECONDS NAME
    nw_index=$1 nw_seconds=$2
    nw_start
    : >"$nw_tmp/answer"
    nw_run "nw_ask_$nw_index" "$nw_tmp/answer"
    nw_emit output "$3" "$(head -c 1048576 "$nw_tmp/answer" | base64 -w0)"
    if [ "$nw_status" = 0 ]; then return; fi
    if [ "$nw_end_status" = 0 ]; then nw_end_status=$nw_status; fi
    nw_done failed "$(nw_kept | base64 -w0)"
}

# ---- Records ---------------------------------------------------------------------------------------------------

# One record, in one write. When nobody reads any more the script ends here, which is between two steps.
nw_emit() { # KIND FIELD...
    nw_write "$@" || exit 1
}

nw_write() { # KIND FIELD...
    IFS='	'
    nw_line="$nw_run_id	$*"
    unset IFS
    printf '%s\n' "$nw_line" >&3 2>/dev/null
}

nw_done() { # OUTCOME TEXT
    nw_clock
    nw_since "$nw_began"
    nw_emit 'done' "$nw_index" "$1" "$nw_took" "$2" "$nw_timed_out" "$nw_status"
}

# In the middle of a step: not a place to end at, so a link that is gone is remembered for the next boundary.
nw_tick() {
    nw_next_tick=$((nw_now + nw_every))
    nw_since "$nw_began"
    nw_last=$(tail -c 1000 "$nw_tmp/out" | tr '\r' '\n' | grep . | tail -n 1 | tail -c 200 | base64 -w0)
    nw_write tick "$nw_index" "$nw_took" "$nw_last" || nw_stop=yes
}

nw_hand_on() {
    if [ ! -s "$nw_tmp/outputs" ]; then return; fi
    while IFS='' read -r nw_line; do nw_emit output "$nw_line"; done <"$nw_tmp/outputs"
    : >"$nw_tmp/outputs"
}

nw_end() { # STATUS
    nw_emit end "$1"
    exit "$1"
}

# At most 8 KB of what the step printed: its begin, the lines that say error, its end.
nw_kept() {
    if [ "$(wc -c <"$nw_tmp/out")" -le 8000 ]; then
        cat "$nw_tmp/out"
        return
    fi
    head -c 2000 "$nw_tmp/out"
    printf '\n[... lines that say error:]\n'
    tr -d '\000' <"$nw_tmp/out" |
        grep -iE 'error|fail|fatal|cannot|denied|refused|not found|no such|invalid|conflict|timed out' |
        cut -c 1-300 | tail -n 20 | tail -c 2500
    printf '[... the end:]\n'
    tail -c 3000 "$nw_tmp/out"
}

# The folder is memory: what is too much is cut to what would be kept. The step goes on, it appends.
nw_trim() {
    if [ "$(wc -c <"$nw_tmp/out")" -le 4194304 ]; then return; fi
    nw_kept >"$nw_tmp/kept"
    cat "$nw_tmp/kept" >"$nw_tmp/out"
}

# ---- Running a text --------------------------------------------------------------------------------------------

# Sets nw_status and nw_timed_out. What the text prints goes to FILE, its messages to $nw_tmp/out.
nw_run() { # FUNCTION FILE
    nw_timed_out=0
    nw_clock
    nw_deadline=$((nw_now + nw_seconds * 100))
    : >"$nw_tmp/good"
    (
        trap - EXIT HUP INT PIPE TERM USR1
        set -e
        "$1"
        echo yes >"$nw_tmp/good"
    ) 3>&- 9>&- </dev/null >>"$2" 2>>"$nw_tmp/out" &
    nw_pid=$!
    nw_wait
    # bash forgets or mistakes a status when a signal arrives just as it waits: never is a success a failure.
    if [ -s "$nw_tmp/good" ]; then nw_status=0; fi
}

nw_wait() {
    while :; do
        trap : USR1
        wait "$nw_pid" 2>/dev/null
        nw_status=$?
        # Not while records are written: a signal would cut bash's write short.
        trap '' USR1
        if [ ! -d "/proc/$nw_pid" ]; then return; fi
        nw_awake
    done
}

# Wakes the shell that waits for a step, so that one and the same writes all records and keeps all times.
nw_watch() {
    (
        trap - EXIT HUP INT PIPE TERM USR1
        while :; do
            sleep "$nw_wake"
            kill -s USR1 $$ || exit
        done
    ) 3>&- 9>&- </dev/null >/dev/null 2>&1 &
    nw_watcher=$!
}

nw_awake() {
    nw_clock
    if [ "$nw_now" -ge "$nw_deadline" ]; then
        nw_timed_out=1
        nw_kill_family
    elif [ "$nw_now" -ge "$nw_next_tick" ]; then
        nw_tick
        nw_trim
    fi
}

# Sets nw_now: hundredths of a second since boot. No fork, unlike `date`.
nw_clock() {
    read -r nw_now nw_line </proc/uptime
    nw_now=$((${nw_now%.*} * 100 + 1${nw_now#*.} - 100))
}

# Sets nw_took: seconds from BEGIN to nw_now.
nw_since() { # BEGIN
    nw_took=$((nw_now - $1))
    nw_took=$((nw_took / 100)).$((nw_took / 10 % 10))$((nw_took % 10))
}

# ---- Killing a step --------------------------------------------------------------------------------------------

# Ends all that the step has started; what does not listen within five wakes is killed.
nw_kill_family() {
    nw_stat $$ || return
    nw_own_session=$nw_session
    nw_stat "$nw_pid" || return
    nw_oldest=$nw_birth
    nw_find_forebears
    nw_family=' '
    nw_find_family
    # shellcheck disable=SC2086 # process ids
    kill -s TERM $nw_family 2>/dev/null
    for nw_try in 1 2 3 4 5; do
        sleep "$nw_wake"
        nw_find_family
        if [ "$nw_family" = ' ' ]; then return; fi
    done
    # shellcheck disable=SC2086
    kill -s KILL $nw_family 2>/dev/null
}

# Sets nw_family to those of it that still run: what is of this session and no older than the step's shell, the
# children of those in whatever session, and what was known as such before its parent died. What systemd started
# for the step is none of these.
nw_find_family() {
    nw_known=$nw_family nw_family=' ' nw_grown=yes
    while [ "$nw_grown" ]; do
        nw_grown=''
        for nw_proc in /proc/[0-9]*; do
            nw_proc=${nw_proc#/proc/}
            case $nw_forebears$nw_family in *" $nw_proc "*) continue ;; esac
            if nw_stat "$nw_proc" && nw_is_family; then
                nw_family="$nw_family$nw_proc " nw_grown=yes
            fi
        done
    done
}

nw_is_family() { # of the process that nw_stat has just looked at
    if [ "$nw_state" = Z ] || [ "$nw_parent" = "$nw_watcher" ]; then return 1; fi
    case $nw_known in *" $nw_proc "*) return 0 ;; esac
    case $nw_family in *" $nw_parent "*) return 0 ;; esac
    [ "$nw_session" = "$nw_own_session" ] && [ "$nw_birth" -ge "$nw_oldest" ]
}

# Sets nw_forebears: this shell, its watcher, and all that this shell descends from.
nw_find_forebears() {
    nw_forebears=" $nw_watcher " nw_parent=$$
    while [ "$nw_parent" -gt 0 ]; do
        nw_forebears="$nw_forebears$nw_parent "
        nw_stat "$nw_parent" || return
    done
}

nw_stat() { # PID: fails when there is no such process
    { read -r nw_line <"/proc/$1/stat"; } 2>/dev/null || return
    # The second field is a name in parentheses that may hold anything.
    # shellcheck disable=SC2086 # fields
    set -- ${nw_line##*) }
    nw_state=$1 nw_parent=$2 nw_session=$4 nw_birth=${20}
}

# ---- Folder and lock -------------------------------------------------------------------------------------------

nw_open_folder() {
    if [ ! -d "$nw_folder" ]; then (umask 077 && mkdir -p "$nw_folder") || exit 1; fi
    for nw_old in "$nw_folder"/*@*; do
        # Left by a script that was killed: its process is no more.
        if [ -d "$nw_old" ] && [ ! -d "/proc/${nw_old##*@}" ]; then rm -rf "$nw_old"; fi
    done
    nw_tmp=$nw_folder/$nw_run_id@$$
    mkdir -m 0700 "$nw_tmp" || exit 1
}

nw_close_folder() {
    if [ "${nw_watcher-}" ]; then kill "$nw_watcher" 2>/dev/null; fi
    rm -rf "$nw_tmp"
}

# The lock belongs to a run: its scripts hold it together, shared. Only who has it alone writes the owner's name,
# and whoever shares it reads the name afterwards: so nobody goes on with the lock of another run.
nw_lock() {
    if ! command -v flock >/dev/null; then
        echo 'nodewright: this host has no flock to lock it with (package util-linux)' >&2
        exit 1
    fi
    exec 9<>"$nw_folder/lock"
    # Twice: another script of this run may be just between having it alone and sharing it.
    for nw_try in 1 2; do
        if flock -n -x 9; then printf '%s\t%s\n' "$nw_run_id" "$nw_holder" >"$nw_folder/lock"; fi
        if flock -n -s 9; then
            IFS='	' read -r nw_owner nw_line <"$nw_folder/lock"
            if [ "$nw_owner" = "$nw_run_id" ]; then return; fi
        fi
        if [ "$nw_try" = 1 ]; then sleep "$nw_wake"; fi
    done
    nw_emit held "$(tr '\t' ' ' <"$nw_folder/lock" | base64 -w0)"
    nw_end 1
}
