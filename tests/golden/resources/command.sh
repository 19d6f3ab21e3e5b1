#!/bin/sh
# app knows its peers
check() {
app peers
}
show() {
app peers
}
apply() {
app meet --all
}
check
show
apply
