#!/bin/sh
# kubeadm_init on 1.34.2-docker-control-plane, selinux-disabled-control-plane, selinux-enforcing-control-plane, selinux-enforcing-at-last-control-plane

# ---- kubeadm's configuration (at most 300 s)
check() {
[ ! -L /etc/nodewright/kubeadm-init.yaml ]
[ -f /etc/nodewright/kubeadm-init.yaml ]
[ "$(stat -c %a:%U:%G /etc/nodewright/kubeadm-init.yaml)" = 600:root:root ]
[ "$(sha256sum </etc/nodewright/kubeadm-init.yaml)" = '285e27dbb902227a1581f2a65467bfdf0279f4d4151c844159e77faa60309946  -' ]
}
show() {
stat -c %A:%U:%G /etc/nodewright/kubeadm-init.yaml
cat /etc/nodewright/kubeadm-init.yaml
}
apply() {
case $(stat -c %A /etc/nodewright/kubeadm-init.yaml 2>/dev/null) in
d*)
  echo '/etc/nodewright/kubeadm-init.yaml is a folder: look at what it holds and move it away' >&2
  exit 1
  ;;
esac
mkdir -p /etc/nodewright
temporary=$(mktemp /etc/nodewright/.nodewright.XXXXXX)
trap 'rm -f "$temporary"' EXIT
cat >"$temporary" <<'END'
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
bootstrapTokens:
- ttl: 1m0s
localAPIEndpoint:
  advertiseAddress: 192.168.56.11
  bindPort: 6443
nodeRegistration:
  name: node1
  criSocket: unix:///run/cri-dockerd.sock
  kubeletExtraArgs:
  - name: node-ip
    value: 192.168.56.11
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
clusterName: village
kubernetesVersion: v1.34.2
imageRepository: registry.k8s.io
networking:
  podSubnet: 10.244.0.0/16
  serviceSubnet: 10.96.0.0/12
dns:
  imageRepository: registry.k8s.io/coredns
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: systemd
containerLogMaxSize: 50Mi
containerLogMaxFiles: 5
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
END
chown root:root "$temporary"
chmod 0600 "$temporary"
if ! mv -fT "$temporary" /etc/nodewright/kubeadm-init.yaml; then
  chmod --reference="$temporary" /etc/nodewright/kubeadm-init.yaml
  cp --preserve=mode,ownership "$temporary" /etc/nodewright/kubeadm-init.yaml
fi
if selinuxenabled 2>/dev/null; then
  restorecon /etc/nodewright/kubeadm-init.yaml
fi
}

# ---- kubeadm init (at most 600 s)
check() {
grep -qxF 'cluster village' /etc/nodewright/cluster
grep -q '^ca sha256:' /etc/nodewright/cluster
[ -s /etc/kubernetes/kubelet.conf ]
}
apply() {
answers=
if [ -e /etc/kubernetes/admin.conf ]; then
  if kubectl --kubeconfig=/etc/kubernetes/admin.conf get --raw /readyz --request-timeout=5s; then
    answers=yes
  fi
fi
if [ -z "$answers" ]; then
  if [ -n "$(find /etc/kubernetes/manifests /etc/kubernetes/pki /var/lib/etcd ! -type d 2>/dev/null)" ]; then
    kubeadm reset --force --cri-socket unix:///run/cri-dockerd.sock
  fi
fi
mkdir -p /etc/nodewright
cat >/etc/nodewright/cluster.new <<END
cluster village
node node1
role control-plane
run $nw_run_id
END
mv -fT /etc/nodewright/cluster.new /etc/nodewright/cluster
if [ -n "$answers" ]; then
  kubeadm init phase upload-config all --config /etc/nodewright/kubeadm-init.yaml
  kubeadm init phase mark-control-plane --config /etc/nodewright/kubeadm-init.yaml
  kubeadm init phase bootstrap-token --config /etc/nodewright/kubeadm-init.yaml
  kubeadm init phase addon all --config /etc/nodewright/kubeadm-init.yaml
else
  : >"$nw_tmp/begun"
  rm -f "$nw_tmp/kubelet-ends"
  rm -f "$nw_tmp/in-vain"
  kubeadm init --config /etc/nodewright/kubeadm-init.yaml --skip-token-print &
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
        set +e
        (
          set -e
          find -L /var/log/pods -name 3.log -newer "$nw_tmp/begun" >"$nw_tmp/logs"
          grep -E '/kube-system_(etcd|kube-apiserver)-' "$nw_tmp/logs" >"$nw_tmp/crashed"
          read -r log <"$nw_tmp/crashed"
          echo "a container of the control plane crashes again and again; its last words (${log%3.log}2.log):"
          tail -n 10 "${log%3.log}2.log"
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
fi
kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace kube-system annotate --overwrite configmap kubelet-config nodewright/digest=fe3a75ac9768f3125dc982036e54754f50f37c3e0b31e0e471c1912205c7a019
kubectl --kubeconfig=/etc/kubernetes/admin.conf --namespace kube-system annotate --overwrite configmap kube-proxy nodewright/digest=9731a8df402953de99416f688a50bd957734f2ddae53e9b235b69c380326beda
mkdir -p /var/lib/nodewright
echo 9cf922a6c52f2a228934df6d3e0491190a40d21b1c2a7cb10c1e65fe230a1276 >/var/lib/nodewright/kubelet-settings.new
mv -fT /var/lib/nodewright/kubelet-settings.new /var/lib/nodewright/kubelet-settings
echo f83ff977c13989926bfe15bc92119a69b0632c401ffb4707e7cfdae44cfc5a84 >/var/lib/nodewright/kubelet-managers.new
mv -fT /var/lib/nodewright/kubelet-managers.new /var/lib/nodewright/kubelet-managers
ca=$(sha256sum </etc/kubernetes/pki/ca.crt)
ca=sha256:${ca%% *}
mkdir -p /etc/nodewright
cat >/etc/nodewright/cluster.new <<END
cluster village
node node1
role control-plane
run $nw_run_id
ca $ca
END
mv -fT /etc/nodewright/cluster.new /etc/nodewright/cluster
}

# ---- API server answers (at most 180 s)
check() {
kubectl --kubeconfig=/etc/kubernetes/admin.conf get --raw /readyz --request-timeout=5s
}
apply() {
read -r uptime _ </proc/uptime
end=$((${uptime%%.*} + 120))
while :; do
  set +e
  (
    set -e
    kubectl --kubeconfig=/etc/kubernetes/admin.conf get --raw /readyz --request-timeout=5s
  )
  status=$?
  set -e
  if [ "$status" = 0 ]; then
    break
  fi
  read -r uptime _ </proc/uptime
  if [ "${uptime%%.*}" -ge "$end" ]; then
    echo 'still waiting after 120 s: API server answers' >&2
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
  sleep 1
done
}
