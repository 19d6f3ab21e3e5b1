"""Where the engine writes on a host, whatever the host becomes."""

#: The lock, and a folder for each script that runs. Gone with a reboot.
RUN = "/run/nodewright"
#: The commands of work that goes on beside the steps.
BACKGROUND = f"{RUN}/background"
#: What roles keep of their own on a host.
CONFIGURATION = "/etc/nodewright"
STATE = "/var/lib/nodewright"
#: What files and units were like before they were changed for the first time.
BEFORE = f"{STATE}/before"
#: For each service, the digests of all that its last restart has seen.
STAMPS = f"{STATE}/stamps"
#: Programs that come out of an archive, apart from those that an administrator put into /usr/local/bin.
PROGRAMS = "/opt/nodewright"
#: Nothing of anybody else lies in these.
OWN = (f"{RUN}/", f"{CONFIGURATION}/", f"{STATE}/", f"{PROGRAMS}/")

FSTAB = "/etc/fstab"
HOSTNAME = "/etc/hostname"
MODULES = "/etc/modules-load.d"
REPOSITORIES = "/etc/yum.repos.d"
#: Sorts behind EL's own 99-sysctl.conf, which is /etc/sysctl.conf: the last one read wins at boot.
SYSCTLS = "/etc/sysctl.d/99-zz-nodewright.conf"
UNITS = "/etc/systemd/system"
