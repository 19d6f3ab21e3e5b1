"""Names the paths that the engine writes on every host."""

#: Holds the lock, and a folder for each script that runs. A reboot empties it.
RUN = "/run/nodewright"
#: The commands of work that goes on beside the steps.
BACKGROUND = f"{RUN}/background"
#: What roles keep of their own on a host.
CONFIGURATION = "/etc/nodewright"
STATE = "/var/lib/nodewright"
#: Keeps files and units as they were before nodewright first changed them.
BEFORE = f"{STATE}/before"
#: Keeps, for each service, the digests of the files and packages that its last restart used.
STAMPS = f"{STATE}/stamps"
#: Programs that come out of an archive, apart from those that an administrator put into /usr/local/bin.
PROGRAMS = "/opt/nodewright"
#: These folders hold only nodewright's own files.
OWN = (f"{RUN}/", f"{CONFIGURATION}/", f"{STATE}/", f"{PROGRAMS}/")

FSTAB = "/etc/fstab"
HOSTNAME = "/etc/hostname"
MODULES = "/etc/modules-load.d"
REPOSITORIES = "/etc/yum.repos.d"
#: Sorts behind EL's 99-sysctl.conf (a link to /etc/sysctl.conf): at boot the last file read wins.
SYSCTLS = "/etc/sysctl.d/99-zz-nodewright.conf"
UNITS = "/etc/systemd/system"
