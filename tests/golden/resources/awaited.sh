#!/bin/sh
# await pull
check() {
[ -e /var/lib/app/image ]
}
show() {
:
}
apply() {
read -r uptime _ </proc/uptime
end=$((${uptime%%.*} + 600))
while :; do
  set +e
  (
    set -e
    case "$(systemctl is-active nodewright-pull.service)" in
    active) exit 1 ;;
    activating) exit 1 ;;
    deactivating) exit 1 ;;
    esac
  )
  status=$?
  set -e
  if [ "$status" = 0 ]; then
    break
  fi
  read -r uptime _ </proc/uptime
  if [ "${uptime%%.*}" -ge "$end" ]; then
    echo 'still waiting after 600 s: the end of nodewright-pull.service' >&2
    set +e
    (
      journalctl --no-pager --lines=40 --unit=nodewright-pull.service
    )
    set -e
    exit 1
  fi
  sleep 1
done
set +e
(
set -e
[ -e /var/lib/app/image ]
)
status=$?
set -e
if [ "$status" != 0 ]; then
  echo 'nodewright-pull.service has ended and what it was to do is not done; its journal:' >&2
  journalctl --no-pager --lines=40 --unit=nodewright-pull.service
  exit 1
fi
}
check
show
apply
