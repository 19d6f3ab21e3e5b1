#!/bin/sh
# kubelet_settings on 1.34.2-docker-control-plane, 1.34.2-docker-worker, 1.24.17-docker-control-plane, 1.24.17-docker-worker, 1.31.14-containerd-control-plane, 1.31.14-containerd-worker, 1.34.2-containerd-mirrored-control-plane, 1.34.2-containerd-mirrored-worker, 1.34.2-docker-mirrored-control-plane, 1.34.2-docker-mirrored-worker, single-node-control-plane, selinux-disabled-control-plane, selinux-disabled-worker, selinux-enforcing-control-plane, selinux-enforcing-worker, selinux-enforcing-at-last-control-plane, selinux-enforcing-at-last-worker

# ---- kubelet runs with these settings (at most 300 s)
check() {
[ "$(cat /var/lib/nodewright/kubelet-settings)" = 9cf922a6c52f2a228934df6d3e0491190a40d21b1c2a7cb10c1e65fe230a1276 ]
}
apply() {
if ! [ "$(kubectl --kubeconfig=/etc/kubernetes/kubelet.conf --namespace kube-system get configmap kubelet-config --output 'jsonpath={.metadata.annotations.nodewright/digest}')" = fe3a75ac9768f3125dc982036e54754f50f37c3e0b31e0e471c1912205c7a019 ]; then
  echo 'the cluster has other settings for its kubelets than the inventory, and they change on the first control plane: name it in --limit as well, or run without'
  exit 1
fi
started_with=
if [ -e /var/lib/nodewright/kubelet-managers ]; then
  started_with=$(cat /var/lib/nodewright/kubelet-managers)
fi
if [ "$started_with" != f83ff977c13989926bfe15bc92119a69b0632c401ffb4707e7cfdae44cfc5a84 ]; then
  if grep -qs '"entries":{' /var/lib/kubelet/cpu_manager_state /var/lib/kubelet/memory_manager_state; then
    echo 'pods on this node have CPUs or memory of their own, which the kubelet forgets with these settings: kubectl drain NODE --ignore-daemonsets --delete-emptydir-data, run this again, then kubectl uncordon NODE'
    exit 1
  fi
fi
kubeadm upgrade node phase kubelet-config
if [ "$started_with" != f83ff977c13989926bfe15bc92119a69b0632c401ffb4707e7cfdae44cfc5a84 ]; then
  systemctl stop kubelet
  rm -f /var/lib/kubelet/cpu_manager_state /var/lib/kubelet/memory_manager_state
fi
systemctl daemon-reload
systemctl restart kubelet
rm -f "$nw_tmp/kubelet-ends"
read -r uptime _ </proc/uptime
end=$((${uptime%%.*} + 120))
doubt=$((${uptime%%.*} + 2))
while :; do
  set +e
  (
    set -e
    systemctl is-active --quiet kubelet.service
    curl --silent --fail --max-time 3 --noproxy '*' --output /dev/null http://127.0.0.1:10248/healthz
  )
  status=$?
  set -e
  if [ "$status" = 0 ]; then
    break
  fi
  read -r uptime _ </proc/uptime
  if [ "${uptime%%.*}" -ge "$doubt" ]; then
    doubt=$((${uptime%%.*} + 2))
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
    ) >"$nw_tmp/reason" 2>/dev/null
    status=$?
    set -e
    if [ "$status" = 0 ]; then
      echo 'waiting is in vain: the kubelet is well' >&2
      cat "$nw_tmp/reason" >&2
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
      exit 1
    fi
  fi
  if [ "${uptime%%.*}" -ge "$end" ]; then
    echo 'still waiting after 120 s: the kubelet is well' >&2
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
    exit 1
  fi
  sleep 0.5
done
mkdir -p /var/lib/nodewright
echo 9cf922a6c52f2a228934df6d3e0491190a40d21b1c2a7cb10c1e65fe230a1276 >/var/lib/nodewright/kubelet-settings.new
mv -fT /var/lib/nodewright/kubelet-settings.new /var/lib/nodewright/kubelet-settings
echo f83ff977c13989926bfe15bc92119a69b0632c401ffb4707e7cfdae44cfc5a84 >/var/lib/nodewright/kubelet-managers.new
mv -fT /var/lib/nodewright/kubelet-managers.new /var/lib/nodewright/kubelet-managers
}
