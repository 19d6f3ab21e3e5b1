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
