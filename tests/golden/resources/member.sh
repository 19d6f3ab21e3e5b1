#!/bin/sh
# alice in the group app
check() {
groups=$(id -Gn alice)
case " $groups " in
*' app '*) ;;
*) exit 1 ;;
esac
}
show() {
id -Gn alice
}
apply() {
usermod --append --groups app alice
}
check
show
apply
