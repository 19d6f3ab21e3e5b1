#!/bin/sh
# the app answers
check() {
curl -fs http://localhost/
}
show() {
:
}
apply() {
read -r uptime _ </proc/uptime
end=$((${uptime%%.*} + 120))
while :; do
  set +e
  (
    set -e
    curl -fs http://localhost/
  )
  status=$?
  set -e
  if [ "$status" = 0 ]; then
    break
  fi
  read -r uptime _ </proc/uptime
  if [ "${uptime%%.*}" -ge "$end" ]; then
    echo 'still waiting after 120 s: the app answers' >&2
    exit 1
  fi
  sleep 2
done
}
check
show
apply
