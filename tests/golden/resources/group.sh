#!/bin/sh
# group app
check() {
entry=$(getent group app)
case "$entry" in
*:*:400:*) ;;
*) exit 1 ;;
esac
}
show() {
getent group app
}
apply() {
if getent group app; then
  groupmod --gid 400 app
else
  groupadd --system --gid 400 app
fi
}
check
show
apply
