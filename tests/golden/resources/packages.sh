#!/bin/sh
# packages app lib curl
check() {
if ! rpm -q --quiet app lib curl; then
  if ! rpm -q --quiet app; then
    rpm -q --quiet --whatprovides app
  fi
  if ! rpm -q --quiet lib; then
    rpm -q --quiet --whatprovides lib
  fi
  if ! rpm -q --quiet curl; then
    rpm -q --quiet --whatprovides curl
  fi
fi
installed=$(rpm -q --qf '%{VERSION}-%{RELEASE}' app)
case "$installed" in
1.2.3-*) ;;
*) exit 1 ;;
esac
installed=$(rpm -q --qf '%{VERSION}-%{RELEASE}' lib)
case "$installed" in
2-1.el9) ;;
2-1.el9.*) ;;
*) exit 1 ;;
esac
}
show() {
rpm -q app lib curl
}
apply() {
if rpm -q --quiet app; then
  installed=$(rpm -q --qf '%{VERSION}-%{RELEASE}' app)
  case "$installed" in
  1.2.3-*) ;;
  *)
    if sort -V -C <<END
1.2.3
$installed
END
    then
      echo 'app is to be 1.2.3 and is newer here; nodewright does not downgrade:' "$installed" >&2
      exit 1
    fi
    ;;
  esac
fi
if rpm -q --quiet lib; then
  installed=$(rpm -q --qf '%{VERSION}-%{RELEASE}' lib)
  case "$installed" in
  2-1.el9) ;;
  2-1.el9.*) ;;
  *)
    if sort -V -C <<END
2-1.el9
$installed
END
    then
      echo 'lib is to be 2-1.el9 and is newer here; nodewright does not downgrade:' "$installed" >&2
      exit 1
    fi
    ;;
  esac
fi
set -- curl
for name; do
  shift
  if ! rpm -q --quiet "$name"; then
    if ! rpm -q --quiet --whatprovides "$name"; then
      set -- "$@" "$name"
    fi
  fi
done
dnf -y --disableexcludes=all install 'app-1.2.3-*' 'lib-2-1.el9*' "$@"
}
check
show
apply
