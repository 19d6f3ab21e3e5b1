#!/bin/sh
# host name node-1
check() {
[ "$(uname -n)" = node-1 ]
[ "$(cat /etc/hostname)" = node-1 ]
}
show() {
uname -n
}
apply() {
hostnamectl set-hostname node-1
}
check
show
apply
# Afterwards show prints:
# node-1
