#!/bin/sh
# repository app
check() {
[ ! -L /etc/yum.repos.d/app.repo ]
[ -f /etc/yum.repos.d/app.repo ]
[ "$(stat -c %a:%U:%G /etc/yum.repos.d/app.repo)" = 644:root:root ]
[ "$(sha256sum </etc/yum.repos.d/app.repo)" = 'f0b19d28e0f39616ddd039734a2197bd0416a29498410ad0a73e317f51c66832  -' ]
}
show() {
stat -c %A:%U:%G /etc/yum.repos.d/app.repo
cat /etc/yum.repos.d/app.repo
}
apply() {
if [ ! -e /var/lib/nodewright/before/paths/etc/yum.repos.d/app.repo/.absent ]; then
  if [ ! -L /var/lib/nodewright/before/paths/etc/yum.repos.d/app.repo/.before ]; then
    if [ ! -e /var/lib/nodewright/before/paths/etc/yum.repos.d/app.repo/.before ]; then
      umask 077
      mkdir -p /var/lib/nodewright/before/paths/etc/yum.repos.d/app.repo
      if [ -L /etc/yum.repos.d/app.repo ]; then
        cp -a /etc/yum.repos.d/app.repo /var/lib/nodewright/before/paths/etc/yum.repos.d/app.repo/.before
      elif [ -e /etc/yum.repos.d/app.repo ]; then
        rm -rf /var/lib/nodewright/before/paths/etc/yum.repos.d/app.repo/.before.new
        cp -a /etc/yum.repos.d/app.repo /var/lib/nodewright/before/paths/etc/yum.repos.d/app.repo/.before.new
        mv -fT /var/lib/nodewright/before/paths/etc/yum.repos.d/app.repo/.before.new /var/lib/nodewright/before/paths/etc/yum.repos.d/app.repo/.before
      else
        : >/var/lib/nodewright/before/paths/etc/yum.repos.d/app.repo/.absent
      fi
      umask 022
    fi
  fi
fi
case $(stat -c %A /etc/yum.repos.d/app.repo 2>/dev/null) in
d*)
  echo '/etc/yum.repos.d/app.repo is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/yum.repos.d
temporary=$(mktemp /etc/yum.repos.d/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
[app]
name=App
baseurl=https://example.org/el9/
enabled=1
gpgcheck=1
gpgkey=https://example.org/key
exclude=app
END
chown root:root "$temporary"
chmod 0644 "$temporary"
if ! mv -fT "$temporary" /etc/yum.repos.d/app.repo; then
  chmod --reference="$temporary" /etc/yum.repos.d/app.repo
  cp --preserve=mode,ownership "$temporary" /etc/yum.repos.d/app.repo
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/yum.repos.d/app.repo
fi
}
check
show
apply
# Afterwards show prints:
# -rw-r--r--:root:root
# [app]
# name=App
# baseurl=https://example.org/el9/
# enabled=1
# gpgcheck=1
# gpgkey=https://example.org/key
# exclude=app
