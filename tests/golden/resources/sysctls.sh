#!/bin/sh
# kernel settings (/etc/sysctl.d/99-zz-nodewright.conf)
check() {
present=$(sysctl -n net.ipv4.ip_forward net.ipv4.ip_local_port_range)
present=$(tr '\t' ' ' <<END
$present
END
)
[ "$present" = '1
1024 65000' ]
}
show() {
sysctl net.ipv4.ip_forward net.ipv4.ip_local_port_range
}
apply() {
sysctl -p /etc/sysctl.d/99-zz-nodewright.conf
}
check
show
apply
# Afterwards show prints:
# net.ipv4.ip_forward = 1
# net.ipv4.ip_local_port_range = 1024 65000
