#!/bin/sh
# repositories on 1.34.2-docker-control-plane, 1.34.2-docker-worker, 1.34.2-containerd-mirrored-control-plane, 1.34.2-containerd-mirrored-worker, single-node-control-plane, selinux-disabled-control-plane, selinux-disabled-worker, selinux-enforcing-control-plane, selinux-enforcing-worker, selinux-enforcing-at-last-control-plane, selinux-enforcing-at-last-worker

# ---- no proxy of ours for the package manager (at most 300 s)
check() {
[ ! -e /var/lib/nodewright/before/paths/etc/dnf/dnf.conf/.absent ]
[ ! -L /var/lib/nodewright/before/paths/etc/dnf/dnf.conf/.before ]
[ ! -e /var/lib/nodewright/before/paths/etc/dnf/dnf.conf/.before ]
}
show() {
cat /var/lib/nodewright/before/paths/etc/dnf/dnf.conf/.before
}
apply() {
if [ -e /var/lib/nodewright/before/paths/etc/dnf/dnf.conf/.absent ]; then
  rm -rf --one-file-system /etc/dnf/dnf.conf
  rm -f /var/lib/nodewright/before/paths/etc/dnf/dnf.conf/.absent
else
  mkdir -p /etc/dnf
  temporary=$(mktemp -d /etc/dnf/.nodewright.XXXXXX)
  trap 'rm -rf "$temporary"' EXIT
  cp -a /var/lib/nodewright/before/paths/etc/dnf/dnf.conf/.before "$temporary/before"
  if [ -d /etc/dnf/dnf.conf ]; then
    rm -rf --one-file-system /etc/dnf/dnf.conf
  fi
  if ! mv -fT "$temporary/before" /etc/dnf/dnf.conf; then
    cp --preserve=mode,ownership "$temporary/before" /etc/dnf/dnf.conf
  fi
  rm -rf /var/lib/nodewright/before/paths/etc/dnf/dnf.conf/.before
fi
}

# ---- repository nodewright-kubernetes (at most 300 s)
check() {
[ ! -L /etc/yum.repos.d/nodewright-kubernetes.repo ]
[ -f /etc/yum.repos.d/nodewright-kubernetes.repo ]
[ "$(stat -c %a:%U:%G /etc/yum.repos.d/nodewright-kubernetes.repo)" = 644:root:root ]
[ "$(sha256sum </etc/yum.repos.d/nodewright-kubernetes.repo)" = '38253b776a6089e6af4627bf70f539e6b8bb48bf2564d9878db54d2f174f5e5b  -' ]
}
show() {
stat -c %A:%U:%G /etc/yum.repos.d/nodewright-kubernetes.repo
cat /etc/yum.repos.d/nodewright-kubernetes.repo
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/yum.repos.d/nodewright-kubernetes.repo/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/yum.repos.d/nodewright-kubernetes.repo/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/yum.repos.d/nodewright-kubernetes.repo/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/yum.repos.d/nodewright-kubernetes.repo
      if [ -L /etc/yum.repos.d/nodewright-kubernetes.repo ]; then
        cp -a /etc/yum.repos.d/nodewright-kubernetes.repo /var/lib/nodewright/before/paths/etc/yum.repos.d/nodewright-kubernetes.repo/.before
      elif [ -e /etc/yum.repos.d/nodewright-kubernetes.repo ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/yum.repos.d/nodewright-kubernetes.repo/.before.new
        cp -a /etc/yum.repos.d/nodewright-kubernetes.repo /var/lib/nodewright/before/paths/etc/yum.repos.d/nodewright-kubernetes.repo/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/yum.repos.d/nodewright-kubernetes.repo/.before.new /var/lib/nodewright/before/paths/etc/yum.repos.d/nodewright-kubernetes.repo/.before
      else
        : >/var/lib/nodewright/before/paths/etc/yum.repos.d/nodewright-kubernetes.repo/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/yum.repos.d/nodewright-kubernetes.repo 2>/dev/null) in
d*)
  echo '/etc/yum.repos.d/nodewright-kubernetes.repo is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/yum.repos.d
temporary=$(mktemp /etc/yum.repos.d/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
[nodewright-kubernetes]
name=kubernetes (nodewright)
baseurl=https://pkgs.k8s.io/core:/stable:/v1.34/rpm/
enabled=1
gpgcheck=1
gpgkey=https://pkgs.k8s.io/core:/stable:/v1.36/rpm/repodata/repomd.xml.key
exclude=cri-tools kubeadm kubectl kubelet kubernetes-cni
END
chown root:root "$temporary"
chmod 0644 "$temporary"
if ! mv -fT "$temporary" /etc/yum.repos.d/nodewright-kubernetes.repo; then
  chmod --reference="$temporary" /etc/yum.repos.d/nodewright-kubernetes.repo
  cp --preserve=mode,ownership "$temporary" /etc/yum.repos.d/nodewright-kubernetes.repo
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/yum.repos.d/nodewright-kubernetes.repo
fi
}

# ---- repository nodewright-docker (at most 300 s)
check() {
[ ! -L /etc/yum.repos.d/nodewright-docker.repo ]
[ -f /etc/yum.repos.d/nodewright-docker.repo ]
[ "$(stat -c %a:%U:%G /etc/yum.repos.d/nodewright-docker.repo)" = 644:root:root ]
[ "$(sha256sum </etc/yum.repos.d/nodewright-docker.repo)" = '5fe87b3a7109905633f8254d1a888fc7e579174a15bcc7e0108ce21ee741241b  -' ]
}
show() {
stat -c %A:%U:%G /etc/yum.repos.d/nodewright-docker.repo
cat /etc/yum.repos.d/nodewright-docker.repo
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/yum.repos.d/nodewright-docker.repo/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/yum.repos.d/nodewright-docker.repo/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/yum.repos.d/nodewright-docker.repo/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/yum.repos.d/nodewright-docker.repo
      if [ -L /etc/yum.repos.d/nodewright-docker.repo ]; then
        cp -a /etc/yum.repos.d/nodewright-docker.repo /var/lib/nodewright/before/paths/etc/yum.repos.d/nodewright-docker.repo/.before
      elif [ -e /etc/yum.repos.d/nodewright-docker.repo ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/yum.repos.d/nodewright-docker.repo/.before.new
        cp -a /etc/yum.repos.d/nodewright-docker.repo /var/lib/nodewright/before/paths/etc/yum.repos.d/nodewright-docker.repo/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/yum.repos.d/nodewright-docker.repo/.before.new /var/lib/nodewright/before/paths/etc/yum.repos.d/nodewright-docker.repo/.before
      else
        : >/var/lib/nodewright/before/paths/etc/yum.repos.d/nodewright-docker.repo/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/yum.repos.d/nodewright-docker.repo 2>/dev/null) in
d*)
  echo '/etc/yum.repos.d/nodewright-docker.repo is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/yum.repos.d
temporary=$(mktemp /etc/yum.repos.d/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
[nodewright-docker]
name=docker (nodewright)
baseurl=https://download.docker.com/linux/rhel/9/$basearch/stable/
enabled=1
gpgcheck=1
gpgkey=https://download.docker.com/linux/centos/gpg
exclude=containerd.io cri-dockerd docker-ce docker-ce-cli
END
chown root:root "$temporary"
chmod 0644 "$temporary"
if ! mv -fT "$temporary" /etc/yum.repos.d/nodewright-docker.repo; then
  chmod --reference="$temporary" /etc/yum.repos.d/nodewright-docker.repo
  cp --preserve=mode,ownership "$temporary" /etc/yum.repos.d/nodewright-docker.repo
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/yum.repos.d/nodewright-docker.repo
fi
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
