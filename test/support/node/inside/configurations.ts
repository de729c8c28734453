// What the programs of a node read, apart from keys. JSON is YAML, so that nothing needs a template.
import {
  clusterDomain,
  containerdSocket,
  dnsAddress,
  nodeAddress,
  nodeName,
  podRange,
  serviceRange,
} from '../addresses.ts'
import { type NodeOrder, pauseReference } from '../node-order.ts'

interface Inside {
  readonly order: NodeOrder
  path(...names: readonly string[]): string
}

/** Version 2 of the format, which containerd 1.6, 1.7 and 2 read. */
export function containerdConfiguration({ order, path }: Inside): string {
  const runtime = '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc'
  const quote = JSON.stringify
  return `version = 2
root = ${quote(path('containerd', 'root'))}
state = "/run/containerd"
disabled_plugins = [${['aufs', 'btrfs', 'devmapper', 'zfs'].map(name => `"io.containerd.snapshotter.v1.${name}"`).join(', ')}, "io.containerd.internal.v1.opt"]
[grpc]
  address = ${quote(containerdSocket)}
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${quote(pauseReference)}
  # A container around us may lack the right to protect processes from the kernel's memory killer.
  restrict_oom_score_adj = true
  disable_apparmor = true
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = ${quote(order.pluginFolder)}
  conf_dir = ${quote(path('cni'))}
${runtime}]
  runtime_type = "io.containerd.runc.v2"
${runtime}.options]
  SystemdCgroup = false
`
}

export function podNetwork({ path }: Inside): string {
  const addresses = {
    type: 'host-local',
    ranges: [[{ subnet: podRange }]],
    routes: [{ dst: '0.0.0.0/0' }],
    dataDir: path('addresses'),
  }
  const bridge = { type: 'bridge', bridge: 'cni0', isGateway: true, ipMasq: false, hairpinMode: true }
  return JSON.stringify({
    cniVersion: '1.0.0',
    name: 'pods',
    plugins: [
      { ...bridge, ipam: addresses },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  })
}

export function kubeletConfiguration({ order, path }: Inside): string {
  return JSON.stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: nodeAddress,
    readOnlyPort: 0,
    healthzBindAddress: '127.0.0.1',
    healthzPort: kubeletHealthPort,
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${order.controlGroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    protectKernelDefaults: false,
    makeIPTablesUtilChains: false,
    enforceNodeAllocatable: [],
    // The machine's disk is not the node's own: how full it is says nothing about the node.
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    tlsCertFile: path('pki', 'kubelet.crt'),
    tlsPrivateKeyFile: path('pki', 'kubelet.key'),
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: path('pki', 'ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    clusterDomain,
    clusterDNS: [dnsAddress],
    resolvConf: '',
    nodeStatusUpdateFrequency: '5s',
    // Mounted tokens, certificates and ConfigMaps follow their sources sooner than the usual minute.
    syncFrequency: '10s',
    podLogsDir: path('pod-logs'),
    volumePluginDir: path('flex-volume'),
    maxPods: 200,
  })
}

export function proxyConfiguration({ path }: Inside): string {
  return JSON.stringify({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig: path('kubeconfig', 'kube-proxy') },
    mode: 'iptables',
    clusterCIDR: podRange,
    hostnameOverride: nodeName,
    bindAddress: nodeAddress,
    healthzBindAddress: `127.0.0.1:${proxyHealthPort}`,
    metricsBindAddress: '127.0.0.1:10249',
    // The table of connections belongs to the machine: its size is left as it is.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  })
}

export function corefile({ path }: Inside): string {
  return `.:53 {
  bind ${dnsAddress}
  errors
  ready 127.0.0.1:${dnsReadyPort}
  kubernetes ${clusterDomain} {
    kubeconfig ${path('kubeconfig', 'coredns')}
  }
  cache 5
}
`
}

export const kubeletHealthPort = 10_248
export const proxyHealthPort = 10_256
export const schedulerPort = 10_259
export const dnsReadyPort = 8_181

/** Further flags of an API server whose pods reach it, and which reaches their kubelet. The last of two flags holds. */
export function apiServerFlags(path: Inside['path']): readonly string[] {
  return [
    '--bind-address=0.0.0.0',
    `--advertise-address=${nodeAddress}`,
    '--endpoint-reconciler-type=master-count',
    `--service-cluster-ip-range=${serviceRange}`,
    '--enable-admission-plugins=NodeRestriction',
    `--kubelet-certificate-authority=${path('pki', 'ca.crt')}`,
    `--kubelet-client-certificate=${path('pki', 'kubelet-client.crt')}`,
    `--kubelet-client-key=${path('pki', 'kubelet-client.key')}`,
    '--kubelet-preferred-address-types=InternalIP',
  ]
}
