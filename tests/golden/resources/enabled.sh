#!/bin/sh
# app.service enabled
check() {
[ "$(systemctl is-enabled app.service)" = enabled ]
}
show() {
systemctl show --property=LoadState --property=ActiveState --property=UnitFileState app.service
}
apply() {
if [ "$(systemctl is-enabled app.service)" = masked ]; then
  systemctl unmask app.service
fi
systemctl enable --no-reload app.service
}
check
show
apply
