"""The fields that kubeadm, kubelet and kube-proxy of each minor read: what kube/versions/fields.py looks into.

Made by tools/fields.py on 2026-11-25 from the types published in k8s.io/kubernetes (cmd/kubeadm/app/apis/kubeadm),
k8s.io/kubelet (config/v1beta1) and k8s.io/kube-proxy (config/v1alpha1), of each minor's first release unless
tools/fields.py names another.
"""

TABLE = """\
APIEndpoint
  advertiseAddress text
  bindPort whole
APIServer
  certSANs [text]
  extraArgs [Arg] 31-
  extraArgs {text} -30
  extraEnvs [EnvVar] 31-
  extraVolumes [HostPathMount]
  timeoutForControlPlane duration -30
Arg
  name text 31-
  value text 31-
BootstrapToken
  description text
  expires text
  groups [text]
  token text
  ttl duration
  usages [text]
BootstrapTokenDiscovery
  apiServerEndpoint text
  caCertHashes [text]
  token text
  unsafeSkipCAVerification bool
ClientConnectionConfiguration
  acceptContentTypes text
  burst whole
  contentType text
  kubeconfig text
  qps number
ClusterConfiguration
  apiServer APIServer
  caCertificateValidityPeriod duration 31-
  certificateValidityPeriod duration 31-
  certificatesDir text
  clusterName text
  controlPlaneEndpoint text
  controllerManager ControlPlaneComponent
  dns DNS
  encryptionAlgorithm text 31-
  etcd Etcd
  featureGates {bool}
  imageRepository text
  kubernetesVersion text
  networking Networking
  proxy Proxy 31-
  scheduler ControlPlaneComponent
  useHyperKubeImage bool -21
ConfigMapKeySelector
  key text 31-
  name text 31-
  optional bool 31-
ControlPlaneComponent
  extraArgs [Arg] 31-
  extraArgs {text} -30
  extraEnvs [EnvVar] 31-
  extraVolumes [HostPathMount]
CrashLoopBackOffConfig
  maxContainerRestartPeriod duration 32-
DNS
  disabled bool 31-
  imageRepository text
  imageTag text
  type text -21
DetectLocalConfiguration
  bridgeInterface text 24-
  interfaceNamePrefix text 24-
Discovery
  bootstrapToken BootstrapTokenDiscovery
  file FileDiscovery
  timeout duration -30
  tlsBootstrapToken text
EnvVar
  name text 31-
  value text 31-
  valueFrom EnvVarSource 31-
EnvVarSource
  configMapKeyRef ConfigMapKeySelector 31-
  fieldRef ObjectFieldSelector 31-
  fileKeyRef FileKeySelector 34-
  resourceFieldRef ResourceFieldSelector 31-
  secretKeyRef SecretKeySelector 31-
Etcd
  external ExternalEtcd
  local LocalEtcd
ExternalEtcd
  caFile text
  certFile text
  endpoints [text]
  httpEndpoints [text] 35-
  keyFile text
FileDiscovery
  kubeConfigPath text
FileKeySelector
  key text 34-
  optional bool 34-
  path text 34-
  volumeName text 34-
FormatOptions
  json JSONOptions 23-
  text TextOptions 30-
HostPathMount
  hostPath text
  mountPath text
  name text
  pathType text
  readOnly bool
InitConfiguration
  bootstrapTokens [BootstrapToken]
  certificateKey text 15-
  dryRun bool 31-
  localAPIEndpoint APIEndpoint
  nodeRegistration NodeRegistrationOptions
  patches Patches 22-
  skipPhases [text] 22-
  timeouts Timeouts 31-
JSONOptions
  infoBufferSize quantity 23-
  splitStream bool 23-
JoinConfiguration
  caCertPath text
  controlPlane JoinControlPlane
  discovery Discovery
  dryRun bool 31-
  nodeRegistration NodeRegistrationOptions
  patches Patches 22-
  skipPhases [text] 22-
  timeouts Timeouts 31-
JoinControlPlane
  certificateKey text 15-
  localAPIEndpoint APIEndpoint
KubeProxyConfiguration
  bindAddress text
  bindAddressHardFail bool 19-
  clientConnection ClientConnectionConfiguration
  clusterCIDR text
  configSyncPeriod duration
  conntrack KubeProxyConntrackConfiguration
  detectLocal DetectLocalConfiguration 24-
  detectLocalMode text 18-
  enableProfiling bool
  featureGates {bool}
  healthzBindAddress text
  hostnameOverride text
  iptables KubeProxyIPTablesConfiguration
  ipvs KubeProxyIPVSConfiguration
  logging LoggingConfiguration 28-
  metricsBindAddress text
  mode text
  nftables KubeProxyNFTablesConfiguration 29-
  nodePortAddresses [text]
  oomScoreAdj whole
  portRange text
  resourceContainer text -15
  showHiddenMetricsForVersion text 18-
  udpIdleTimeout duration -25
  windowsRunAsService bool 31-
  winkernel KubeProxyWinkernelConfiguration 14-
KubeProxyConntrackConfiguration
  max whole -14
  maxPerCore whole
  min whole
  tcpBeLiberal bool 29-
  tcpCloseWaitTimeout duration
  tcpEstablishedTimeout duration
  udpStreamTimeout duration 29-
  udpTimeout duration 29-
KubeProxyIPTablesConfiguration
  localhostNodePorts bool 26-
  masqueradeAll bool
  masqueradeBit whole
  minSyncPeriod duration
  syncPeriod duration
KubeProxyIPVSConfiguration
  excludeCIDRs [text]
  minSyncPeriod duration
  scheduler text
  strictARP bool
  syncPeriod duration
  tcpFinTimeout duration 18-
  tcpTimeout duration 18-
  udpTimeout duration 18-
KubeProxyNFTablesConfiguration
  masqueradeAll bool 29-
  masqueradeBit whole 29-
  minSyncPeriod duration 29-
  syncPeriod duration 29-
KubeProxyWinkernelConfiguration
  enableDSR bool 14-
  forwardHealthCheckVip bool 24-
  networkName text 14-
  rootHnsEndpointName text 24-
  sourceVip text 14-
KubeletAnonymousAuthentication
  enabled bool
KubeletAuthentication
  anonymous KubeletAnonymousAuthentication
  webhook KubeletWebhookAuthentication
  x509 KubeletX509Authentication
KubeletAuthorization
  mode text
  webhook KubeletWebhookAuthorization
KubeletConfiguration
  address text
  allowedUnsafeSysctls [text] 16-
  authentication KubeletAuthentication
  authorization KubeletAuthorization
  cgroupDriver text
  cgroupRoot text
  cgroupsPerQOS bool
  clusterDNS [text]
  clusterDomain text
  configMapAndSecretChangeDetectionStrategy text
  containerLogMaxFiles whole
  containerLogMaxSize text
  containerLogMaxWorkers whole 30-
  containerLogMonitorInterval duration 30-
  containerRuntimeEndpoint text 27-
  contentType text
  cpuCFSQuota bool
  cpuCFSQuotaPeriod duration
  cpuManagerPolicy text
  cpuManagerPolicyOptions {text} 22-
  cpuManagerReconcilePeriod duration
  crashLoopBackOff CrashLoopBackOffConfig 32-
  enableContentionProfiling bool
  enableControllerAttachDetach bool
  enableDebugFlagsHandler bool 21-
  enableDebuggingHandlers bool
  enableProfilingHandler bool 21-
  enableServer bool 19-
  enableSystemLogHandler bool 19-
  enableSystemLogQuery bool 27-
  enforceNodeAllocatable [text]
  eventBurst whole
  eventRecordQPS whole
  evictionHard {text}
  evictionMaxPodGracePeriod whole
  evictionMinimumReclaim {text}
  evictionPressureTransitionPeriod duration
  evictionSoft {text}
  evictionSoftGracePeriod {text}
  failCgroupV1 bool 31-
  failSwapOn bool
  featureGates {bool}
  fileCheckFrequency duration
  hairpinMode text
  healthzBindAddress text
  healthzPort whole
  httpCheckFrequency duration
  imageGCHighThresholdPercent whole
  imageGCLowThresholdPercent whole
  imageMaximumGCAge duration 29-
  imageMinimumGCAge duration
  imagePullCredentialsVerificationPolicy text 33-
  imageServiceEndpoint text 27-
  iptablesDropBit whole
  iptablesMasqueradeBit whole
  kernelMemcgNotification bool 19-
  kubeAPIBurst whole
  kubeAPIQPS whole
  kubeReserved {text}
  kubeReservedCgroup text
  kubeletCgroups text
  localStorageCapacityIsolation bool 25-
  logging LoggingConfiguration 19-
  makeIPTablesUtilChains bool
  maxOpenFiles whole
  maxParallelImagePulls whole 27-
  maxPods whole
  memoryManagerPolicy text 21-
  memoryReservationPolicy text 36-
  memorySwap MemorySwapConfiguration 22-
  memoryThrottlingFactor number 22-
  mergeDefaultEvictionSettings bool 33-
  nodeLeaseDurationSeconds whole
  nodeStatusMaxImages whole 19-
  nodeStatusReportFrequency duration
  nodeStatusUpdateFrequency duration
  oomScoreAdj whole
  podCIDR text
  podLogsDir text 30-
  podPidsLimit whole
  podsPerCore whole
  port whole
  preloadedImagesVerificationAllowlist [text] 33-
  protectKernelDefaults bool
  providerID text 19-
  qosReserved {text}
  readOnlyPort whole
  registerNode bool 23-
  registerWithTaints [Taint] 23-
  registryBurst whole
  registryPullQPS whole
  reservedMemory [MemoryReservation] 21-
  reservedSystemCPUs text 17-
  resolvConf text
  rotateCertificates bool
  runOnce bool 19-
  runtimeRequestTimeout duration
  seccompDefault bool 22-
  serializeImagePulls bool
  serverTLSBootstrap bool
  showHiddenMetricsForVersion text 18-
  shutdownGracePeriod duration 20-
  shutdownGracePeriodByPodPriority [ShutdownGracePeriodByPodPriority] 23-
  shutdownGracePeriodCriticalPods duration 20-
  singleProcessOOMKill bool 32-
  staticPodPath text
  staticPodURL text
  staticPodURLHeader {[text]}
  streamingConnectionIdleTimeout duration
  syncFrequency duration
  systemCgroups text
  systemReserved {text}
  systemReservedCgroup text
  tlsCertFile text
  tlsCipherSuites [text]
  tlsCurvePreferences [whole] 36-
  tlsMinVersion text
  tlsPrivateKeyFile text
  topologyManagerPolicy text 16-
  topologyManagerPolicyOptions {text} 26-
  topologyManagerScope text 20-
  tracing TracingConfiguration 25-
  userNamespaces UserNamespaces 33-
  volumePluginDir text 19-
  volumeStatsAggPeriod duration
KubeletWebhookAuthentication
  cacheTTL duration
  enabled bool
KubeletWebhookAuthorization
  cacheAuthorizedTTL duration
  cacheUnauthorizedTTL duration
KubeletX509Authentication
  clientCAFile text
LocalEtcd
  dataDir text
  extraArgs [Arg] 31-
  extraArgs {text} -30
  extraEnvs [EnvVar] 31-
  imageRepository text
  imageTag text
  peerCertSANs [text]
  serverCertSANs [text]
LoggingConfiguration
  flushFrequency duration 23-27
  flushFrequency duration-or-whole 28-
  format text 19-
  options FormatOptions 23-
  sanitization bool 20-23
  verbosity whole 23-
  vmodule [VModuleItem] 23-
MemoryReservation
  limits {quantity} 21-
  numaNode whole 21-
MemorySwapConfiguration
  swapBehavior text 22-
Networking
  dnsDomain text
  podSubnet text
  serviceSubnet text
NodeRegistrationOptions
  criSocket text
  ignorePreflightErrors [text] 15-
  imagePullPolicy text 22-
  imagePullSerial bool 31-
  kubeletExtraArgs [Arg] 31-
  kubeletExtraArgs {text} -30
  name text
  taints [Taint]
ObjectFieldSelector
  apiVersion text 31-
  fieldPath text 31-
Patches
  directory text 22-
Proxy
  disabled bool 31-
ResourceFieldSelector
  containerName text 31-
  divisor quantity 31-
  resource text 31-
SecretKeySelector
  key text 31-
  name text 31-
  optional bool 31-
ShutdownGracePeriodByPodPriority
  priority whole 23-
  shutdownGracePeriodSeconds whole 23-
Taint
  effect text
  key text
  timeAdded text
  value text
TextOptions
  infoBufferSize quantity 30-
  splitStream bool 30-
Timeouts
  controlPlaneComponentHealthCheck duration 31-
  discovery duration 31-
  etcdAPICall duration 31-
  kubeletHealthCheck duration 31-
  kubernetesAPICall duration 31-
  tlsBootstrap duration 31-
  upgradeManifests duration 31-
TracingConfiguration
  endpoint text 25-
  samplingRatePerMillion whole 25-
UserNamespaces
  idsPerPod whole 33-
VModuleItem
  filePattern text 23-
  verbosity whole 23-
"""
