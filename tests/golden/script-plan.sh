# nodewright: plan, run run-1
# shellcheck disable=SC2317 # texts are called by name, and no script needs all that the runtime can do
nw_run_id=run-1
nw_mode=plan
nw_holder='ann@desk, '"'"'since'"'"' 9:00'
nw_folder=/run/nodewright
nw_every=200  # hundredths of a second between two ticks
nw_wake=1
unset SEED
SEED=''

# [... the runtime: prelude.sh]

# ==== prepare ========================================

# 0. swap off
nw_check_0() {
swaps=$(tail -n +2 /proc/swaps)
[ -z "$swaps" ]
}
nw_show_0() {
tail -n +2 /proc/swaps
}
nw_apply_0() {
swapoff --all
}

# 1. a greeting; it's 'ours' and has two lines
nw_check_1() {
grep -q nodewright /etc/motd
}
nw_show_1() {
cat /etc/motd
}
nw_apply_1() {
cat >/etc/motd <<'END'
nodewright was here: $HOME
END
}

# ==== init ========================================

# 2. new kernel
nw_check_2() {
[ -e /run/booted ]
}
nw_show_2() {
:
}
nw_apply_2() {
systemctl reboot
}

# 3. token
nw_check_3() {
output token "$SEED"
}
nw_show_3() {
:
}
nw_apply_3() {
:
}

nw_steps() {
    # nw_step INDEX SECONDS KIND AFTER...
    # prepare
    nw_step 0 61 plain  # swap off
    nw_step 1 300 plain 0  # a greeting; it's 'ours' and has two lines
    nw_job_done 0
    # init
    nw_step 2 300 reboots 1  # new kernel
    nw_step 3 300 plain  # token
    nw_job_done 1
}

nw_main 'the script is whole'
