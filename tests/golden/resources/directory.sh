#!/bin/sh
# folder /var/lib/app
check() {
[ -d /var/lib/app ]
[ "$(stat -L -c %a:%U:%G /var/lib/app)" = 750:app:app ]
}
show() {
stat -L -c %A:%U:%G /var/lib/app
}
apply() {
mkdir -p /var/lib/app
chown app:app /var/lib/app
chmod 0750 /var/lib/app
if selinuxenabled 2>/dev/null; then
  restorecon /var/lib/app
fi
}
check
show
apply
# Afterwards show prints:
# drwxr-x---:app:app
