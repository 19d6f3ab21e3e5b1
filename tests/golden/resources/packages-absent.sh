#!/bin/sh
# no packages app lib
check() {
if rpm -q --quiet app; then
  exit 1
fi
if rpm -q --quiet lib; then
  exit 1
fi
}
show() {
if rpm -q --quiet app; then
  rpm -q app
fi
if rpm -q --quiet lib; then
  rpm -q lib
fi
}
apply() {
yum -y --disableexcludes=all remove app lib
}
check
show
apply
# Afterwards show prints:
# 
