#!/bin/sh
# kubeadm_join on 1.34.2-docker-worker, 1.34.2-docker-mirrored-worker, selinux-disabled-worker, selinux-enforcing-worker, selinux-enforcing-at-last-worker

# ---- kubeadm join (at most 600 s)
check() {
grep -qxF 'cluster village' /etc/nodewright/cluster
grep -q '^ca sha256:' /etc/nodewright/cluster
[ -s /etc/kubernetes/kubelet.conf ]
}
apply() {
if [ -n "$(find /etc/kubernetes/pki /etc/kubernetes/kubelet.conf ! -type d 2>/dev/null)" ]; then
  kubeadm reset --force --cri-socket unix:///run/cri-dockerd.sock
fi
mkdir -p /etc/nodewright
cat >/etc/nodewright/cluster.new <<END
cluster village
node node2
role worker
run $nw_run_id
END
mv -fT /etc/nodewright/cluster.new /etc/nodewright/cluster
umask 077
cat >"$nw_tmp/join.yaml" <<END
apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
discovery:
  bootstrapToken:
    apiServerEndpoint: 192.168.56.11:6443
    token: '${NW_INPUT_JOIN_TOKEN:?}'
    caCertHashes:
    - '${NW_INPUT_CA_HASH:?}'
nodeRegistration:
  name: node2
  criSocket: unix:///run/cri-dockerd.sock
  kubeletExtraArgs:
  - name: node-ip
    value: 192.168.56.12
END
umask 022
rm -f "$nw_tmp/kubelet-ends"
rm -f "$nw_tmp/in-vain"
kubeadm join --config "$nw_tmp/join.yaml" &
watched=$!
(
  while sleep 2; do
    set +e
    (
      set -e
      set +e
      (
        set -e
        [ -e /var/lib/kubelet/config.yaml ]
        systemctl show --property=SubState --property=ExecMainExitTimestampMonotonic kubelet >"$nw_tmp/kubelet"
        grep -qx SubState=auto-restart "$nw_tmp/kubelet"
        grep ^ExecMainExit "$nw_tmp/kubelet" >>"$nw_tmp/kubelet-ends"
        sort -u "$nw_tmp/kubelet-ends" >"$nw_tmp/kubelet"
        [ "$(grep -c . "$nw_tmp/kubelet")" -ge 3 ]
        echo 'the kubelet was started 3 times, and ended each time'
      )
      status=$?
      set -e
      if [ "$status" = 0 ]; then
        exit 0
      fi
      exit 1
    ) >"$nw_tmp/reason" 2>/dev/null
    status=$?
    set -e
    if [ "$status" = 0 ]; then
      mv "$nw_tmp/reason" "$nw_tmp/in-vain"
      kill "$watched"
      exit 0
    fi
  done
) &
watcher=$!
set +e
wait "$watched"
status=$?
kill "$watcher" 2>/dev/null
set -e
if [ "$status" != 0 ]; then
  if [ -e "$nw_tmp/in-vain" ]; then
    echo 'ended, since it waited in vain:' >&2
    cat "$nw_tmp/in-vain" >&2
  fi
  set +e
  (
    if [ -e /var/lib/kubelet/config.yaml ]; then
      journalctl --no-pager --quiet --output=cat --lines=1000 --unit=kubelet.service >"$nw_tmp/journal"
      grep -E '^[EF][0-9]{4} |^(Error|panic|fatal error): ' "$nw_tmp/journal" >"$nw_tmp/telling"
      if [ ! -s "$nw_tmp/telling" ]; then
        cp "$nw_tmp/journal" "$nw_tmp/telling"
      fi
      echo 'the last telling lines of the journal of the kubelet (journalctl --unit=kubelet):'
      tail -n 8 "$nw_tmp/telling" >"$nw_tmp/journal"
      cut -c 1-500 "$nw_tmp/journal"
    fi
  )
  set -e
  exit "$status"
fi
if [ "$(kubectl --kubeconfig=/etc/kubernetes/kubelet.conf --namespace kube-system get configmap kubelet-config --output 'jsonpath={.metadata.annotations.nodewright/digest}')" = fe3a75ac9768f3125dc982036e54754f50f37c3e0b31e0e471c1912205c7a019 ]; then
  mkdir -p /var/lib/nodewright
  echo 9cf922a6c52f2a228934df6d3e0491190a40d21b1c2a7cb10c1e65fe230a1276 >/var/lib/nodewright/kubelet-settings.new
  mv -fT /var/lib/nodewright/kubelet-settings.new /var/lib/nodewright/kubelet-settings
  echo f83ff977c13989926bfe15bc92119a69b0632c401ffb4707e7cfdae44cfc5a84 >/var/lib/nodewright/kubelet-managers.new
  mv -fT /var/lib/nodewright/kubelet-managers.new /var/lib/nodewright/kubelet-managers
fi
ca=$(sha256sum </etc/kubernetes/pki/ca.crt)
ca=sha256:${ca%% *}
mkdir -p /etc/nodewright
cat >/etc/nodewright/cluster.new <<END
cluster village
node node2
role worker
run $nw_run_id
ca $ca
END
mv -fT /etc/nodewright/cluster.new /etc/nodewright/cluster
}
