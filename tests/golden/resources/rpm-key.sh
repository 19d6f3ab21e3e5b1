#!/bin/sh
# rpm trusts the key 8F7D4E5F01234567
check() {
keys=$(rpm -q --qf '%{VERSION}\n' gpg-pubkey)
case "$keys" in
*01234567) ;;
*01234567'
'*) ;;
*) exit 1 ;;
esac
}
show() {
rpm -q --qf '%{VERSION} %{SUMMARY}\n' gpg-pubkey
}
apply() {
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
curl --fail --location --silent --show-error --globoff --retry 3 --connect-timeout 20 --output "$folder/key" https://example.org/key
export GNUPGHOME="$folder"
gpg --batch --with-colons --with-fingerprint "$folder/key" >"$folder/listing"
found=$(awk -F: '$1 == "pub" { primary = 1 }
$1 == "fpr" { if (primary) print $10; primary = 0 }' "$folder/listing")
if [ "$found" != DE57BFBE53A9BE98FA133F468F7D4E5F01234567 ]; then
  echo 'the file at https://example.org/key does not hold the key DE57BFBE53A9BE98FA133F468F7D4E5F01234567 and no other; it holds:' "$found" >&2
  exit 1
fi
rpm --import "$folder/key"
}
check
show
apply
