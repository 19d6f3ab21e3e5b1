#!/bin/sh
# Runs inside the root file system, after packages and the files of root/: what neither of them can say.
set -eu

# By the names that EL has: only a unit's own name can be enabled, its aliases cannot.
sed '/^Alias=/d' /usr/lib/systemd/system/chrony.service >/usr/lib/systemd/system/chronyd.service
rm /usr/lib/systemd/system/chrony.service
rm -f /etc/systemd/system/chronyd.service /etc/systemd/system/multi-user.target.wants/chrony.service
ln -s chrony/chrony.conf /etc/chrony.conf

cd /etc/systemd/system
# A container has no hardware to look after, and its addresses come from podman.
systemctl --quiet mask systemd-udevd.service systemd-networkd.service systemd-timesyncd.service \
    getty@tty1.service console-getty.service \
    systemd-binfmt.service proc-sys-fs-binfmt_misc.automount
# Debian's own errands: they would look for the archive, or for work in a file system thrown away soon.
systemctl --quiet mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
    e2scrub_reap.service fstrim.timer
systemctl --quiet enable lab-node.service ssh.service chronyd.service firewalld.service
# These settings are the host's, too; what a role writes to sysctl.d is another matter.
rm -f /usr/lib/sysctl.d/50-pid-max.conf /usr/lib/sysctl.d/99-protect-links.conf

ln -s dnf /usr/bin/yum
mkdir -p /etc/yum.repos.d /srv/swap-meet /var/lib/rpm /usr/lib/lab-node/identity
rpm --initdb
rpm --install --nodeps /base.rpm
truncate --size 64M /swapfile
chmod 600 /swapfile

getent group wheel >/dev/null || groupadd --system wheel
useradd --create-home --shell /bin/bash --groups wheel cloud-user
chmod 440 /etc/sudoers.d/cloud-user

# Every node is somebody: keys come from the lab, the machine id from the first boot.
rm -f /etc/ssh/ssh_host_* /var/lib/dbus/machine-id /etc/hostname /etc/resolv.conf
: >/etc/machine-id
