#!/bin/sh
# user app
check() {
entry=$(getent passwd app)
case "$entry" in
app:*:400:*:/var/lib/app:/sbin/nologin) ;;
*) exit 1 ;;
esac
[ "$(id -gn app)" = app ]
}
show() {
getent passwd app
}
apply() {
if getent passwd app; then
  usermod --gid app --uid 400 --home /var/lib/app --shell /sbin/nologin app
else
  useradd --system --no-create-home --gid app --uid 400 --home-dir /var/lib/app --shell /sbin/nologin app
fi
}
check
show
apply
