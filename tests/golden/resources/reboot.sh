#!/bin/sh
# the new kernel runs
check() {
[ "$(uname -r)" = 6.12.0 ]
}
show() {
:
}
apply() {
systemd-run --on-active=3 --timer-property=AccuracySec=1 systemctl reboot
}
check
show
apply
