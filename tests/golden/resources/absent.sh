#!/bin/sh
# no /etc/app
check() {
[ ! -L /etc/app ]
[ ! -e /etc/app ]
}
show() {
stat -c '%A %n' /etc/app
}
apply() {
rm -rf --one-file-system /etc/app
}
check
show
apply
# Afterwards show prints:
# 
