#!/bin/sh
# software_removed on 1.34.2-docker-control-plane, 1.34.2-docker-worker, 1.20.15-docker-control-plane, 1.20.15-docker-worker, 1.24.17-docker-control-plane, 1.24.17-docker-worker, 1.31.14-containerd-control-plane, 1.31.14-containerd-worker, 1.34.2-containerd-mirrored-control-plane, 1.34.2-containerd-mirrored-worker, 1.34.2-docker-mirrored-control-plane, 1.34.2-docker-mirrored-worker, 1.36.1-everything-control-plane, 1.36.1-everything-worker, single-node-control-plane, selinux-disabled-control-plane, selinux-disabled-worker, selinux-enforcing-control-plane, selinux-enforcing-worker, selinux-enforcing-at-last-control-plane, selinux-enforcing-at-last-worker

# ---- cri-docker.service stopped (at most 120 s)
check() {
case "$(systemctl is-enabled cri-docker.service)" in
enabled*) exit 1 ;;
esac
case "$(systemctl is-active cri-docker.service)" in
active) exit 1 ;;
activating) exit 1 ;;
reloading) exit 1 ;;
deactivating) exit 1 ;;
esac
}
show() {
systemctl show --property=LoadState --property=ActiveState --property=UnitFileState cri-docker.service
}
apply() {
if [ ! -e /var/lib/nodewright/before/units/cri-docker.service ]; then
  umask 077
  mkdir -p /var/lib/nodewright/before/units
  set +e
  enabled=$(systemctl is-enabled cri-docker.service)
  active=$(systemctl is-active cri-docker.service)
  set -e
  echo "$enabled $active" >/var/lib/nodewright/before/units/cri-docker.service.new
  mv -fT /var/lib/nodewright/before/units/cri-docker.service.new /var/lib/nodewright/before/units/cri-docker.service
  umask 022
fi
case "$(systemctl is-enabled cri-docker.service)" in
enabled*) systemctl disable cri-docker.service ;;
esac
case "$(systemctl is-active cri-docker.service)" in
active) systemctl stop cri-docker.service ;;
activating) systemctl stop cri-docker.service ;;
reloading) systemctl stop cri-docker.service ;;
deactivating) systemctl stop cri-docker.service ;;
esac
}

# ---- /etc/systemd/system/cri-docker.service as it was before (at most 300 s)
check() {
[ ! -e /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.service/.absent ]
[ ! -L /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.service/.before ]
[ ! -e /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.service/.before ]
}
show() {
cat /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.service/.before
}
apply() {
if [ -e /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.service/.absent ]; then
  rm -rf --one-file-system /etc/systemd/system/cri-docker.service
  rm -f /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.service/.absent
else
  mkdir -p /etc/systemd/system
  temporary=$(mktemp -d /etc/systemd/system/.nodewright.XXXXXX)
  trap 'rm -rf "$temporary"' EXIT
  cp -a /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.service/.before "$temporary/before"
  if [ -d /etc/systemd/system/cri-docker.service ]; then
    rm -rf --one-file-system /etc/systemd/system/cri-docker.service
  fi
  if ! mv -fT "$temporary/before" /etc/systemd/system/cri-docker.service; then
    cp --preserve=mode,ownership "$temporary/before" /etc/systemd/system/cri-docker.service
  fi
  rm -rf /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.service/.before
fi
}

# ---- cri-docker.socket stopped (at most 120 s)
check() {
case "$(systemctl is-enabled cri-docker.socket)" in
enabled*) exit 1 ;;
esac
case "$(systemctl is-active cri-docker.socket)" in
active) exit 1 ;;
activating) exit 1 ;;
reloading) exit 1 ;;
deactivating) exit 1 ;;
esac
}
show() {
systemctl show --property=LoadState --property=ActiveState --property=UnitFileState cri-docker.socket
}
apply() {
if [ ! -e /var/lib/nodewright/before/units/cri-docker.socket ]; then
  umask 077
  mkdir -p /var/lib/nodewright/before/units
  set +e
  enabled=$(systemctl is-enabled cri-docker.socket)
  active=$(systemctl is-active cri-docker.socket)
  set -e
  echo "$enabled $active" >/var/lib/nodewright/before/units/cri-docker.socket.new
  mv -fT /var/lib/nodewright/before/units/cri-docker.socket.new /var/lib/nodewright/before/units/cri-docker.socket
  umask 022
fi
case "$(systemctl is-enabled cri-docker.socket)" in
enabled*) systemctl disable cri-docker.socket ;;
esac
case "$(systemctl is-active cri-docker.socket)" in
active) systemctl stop cri-docker.socket ;;
activating) systemctl stop cri-docker.socket ;;
reloading) systemctl stop cri-docker.socket ;;
deactivating) systemctl stop cri-docker.socket ;;
esac
}

# ---- /etc/systemd/system/cri-docker.socket as it was before (at most 300 s)
check() {
[ ! -e /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.socket/.absent ]
[ ! -L /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.socket/.before ]
[ ! -e /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.socket/.before ]
}
show() {
cat /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.socket/.before
}
apply() {
if [ -e /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.socket/.absent ]; then
  rm -rf --one-file-system /etc/systemd/system/cri-docker.socket
  rm -f /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.socket/.absent
else
  mkdir -p /etc/systemd/system
  temporary=$(mktemp -d /etc/systemd/system/.nodewright.XXXXXX)
  trap 'rm -rf "$temporary"' EXIT
  cp -a /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.socket/.before "$temporary/before"
  if [ -d /etc/systemd/system/cri-docker.socket ]; then
    rm -rf --one-file-system /etc/systemd/system/cri-docker.socket
  fi
  if ! mv -fT "$temporary/before" /etc/systemd/system/cri-docker.socket; then
    cp --preserve=mode,ownership "$temporary/before" /etc/systemd/system/cri-docker.socket
  fi
  rm -rf /var/lib/nodewright/before/paths/etc/systemd/system/cri-docker.socket/.before
fi
}

# ---- no /etc/systemd/system/cri-docker.service.d/nodewright.conf (at most 300 s)
check() {
[ ! -L /etc/systemd/system/cri-docker.service.d/nodewright.conf ]
[ ! -e /etc/systemd/system/cri-docker.service.d/nodewright.conf ]
}
show() {
stat -c '%A %n' /etc/systemd/system/cri-docker.service.d/nodewright.conf
}
apply() {
rm -df /etc/systemd/system/cri-docker.service.d/nodewright.conf
}

# ---- no /opt/nodewright (at most 300 s)
check() {
[ ! -L /opt/nodewright ]
[ ! -e /opt/nodewright ]
}
show() {
stat -c '%A %n' /opt/nodewright
}
apply() {
rm -rf --one-file-system /opt/nodewright
}

# ---- no packages of ours (at most 900 s)
check() {
if rpm -q --quiet cri-tools; then
  exit 1
fi
if rpm -q --quiet kubeadm; then
  exit 1
fi
if rpm -q --quiet kubectl; then
  exit 1
fi
if rpm -q --quiet kubelet; then
  exit 1
fi
if rpm -q --quiet kubernetes-cni; then
  exit 1
fi
if rpm -q --quiet containerd.io; then
  exit 1
fi
if rpm -q --quiet cri-dockerd; then
  exit 1
fi
if rpm -q --quiet docker-ce; then
  exit 1
fi
if rpm -q --quiet docker-ce-cli; then
  exit 1
fi
}
show() {
if rpm -q --quiet cri-tools; then
  rpm -q cri-tools
fi
if rpm -q --quiet kubeadm; then
  rpm -q kubeadm
fi
if rpm -q --quiet kubectl; then
  rpm -q kubectl
fi
if rpm -q --quiet kubelet; then
  rpm -q kubelet
fi
if rpm -q --quiet kubernetes-cni; then
  rpm -q kubernetes-cni
fi
if rpm -q --quiet containerd.io; then
  rpm -q containerd.io
fi
if rpm -q --quiet cri-dockerd; then
  rpm -q cri-dockerd
fi
if rpm -q --quiet docker-ce; then
  rpm -q docker-ce
fi
if rpm -q --quiet docker-ce-cli; then
  rpm -q docker-ce-cli
fi
}
apply() {
dnf -y --disableexcludes=all remove cri-tools kubeadm kubectl kubelet kubernetes-cni containerd.io cri-dockerd docker-ce docker-ce-cli
}

# ---- no authorities of mirrors (at most 300 s)
check() {
[ ! -e /etc/pki/ca-trust/source/anchors/nodewright.pem ]
[ ! -e /var/lib/nodewright/stamps/ca-trust ]
}
show() {
ls /etc/pki/ca-trust/source/anchors/nodewright.pem
}
apply() {
rm -f /etc/pki/ca-trust/source/anchors/nodewright.pem
update-ca-trust extract
rm -f /var/lib/nodewright/stamps/ca-trust
}

# ---- no /etc/yum.repos.d/nodewright-kubernetes.repo (at most 300 s)
check() {
[ ! -L /etc/yum.repos.d/nodewright-kubernetes.repo ]
[ ! -e /etc/yum.repos.d/nodewright-kubernetes.repo ]
}
show() {
stat -c '%A %n' /etc/yum.repos.d/nodewright-kubernetes.repo
}
apply() {
rm -df /etc/yum.repos.d/nodewright-kubernetes.repo
}

# ---- no /etc/yum.repos.d/nodewright-docker.repo (at most 300 s)
check() {
[ ! -L /etc/yum.repos.d/nodewright-docker.repo ]
[ ! -e /etc/yum.repos.d/nodewright-docker.repo ]
}
show() {
stat -c '%A %n' /etc/yum.repos.d/nodewright-docker.repo
}
apply() {
rm -df /etc/yum.repos.d/nodewright-docker.repo
}

# ---- no /etc/yum.repos.d/nodewright-cri-dockerd.repo (at most 300 s)
check() {
[ ! -L /etc/yum.repos.d/nodewright-cri-dockerd.repo ]
[ ! -e /etc/yum.repos.d/nodewright-cri-dockerd.repo ]
}
show() {
stat -c '%A %n' /etc/yum.repos.d/nodewright-cri-dockerd.repo
}
apply() {
rm -df /etc/yum.repos.d/nodewright-cri-dockerd.repo
}

# ---- no other repositories of the site (at most 300 s)
check() {
if [ -d /etc/yum.repos.d ]; then
  [ -z "$(find /etc/yum.repos.d -name "nodewright-of-site-*.repo")" ]
fi
}
show() {
find /etc/yum.repos.d -name "nodewright-of-site-*.repo"
}
apply() {
find /etc/yum.repos.d -name "nodewright-of-site-*.repo" -delete
}

# ---- no /var/lib/nodewright/packages (at most 300 s)
check() {
[ ! -L /var/lib/nodewright/packages ]
[ ! -e /var/lib/nodewright/packages ]
}
show() {
stat -c '%A %n' /var/lib/nodewright/packages
}
apply() {
rm -rf --one-file-system /var/lib/nodewright/packages
}

# ---- no memory of restarts (at most 300 s)
check() {
[ ! -L /var/lib/nodewright/stamps ]
[ ! -e /var/lib/nodewright/stamps ]
}
show() {
stat -c '%A %n' /var/lib/nodewright/stamps
}
apply() {
rm -rf --one-file-system /var/lib/nodewright/stamps
}
