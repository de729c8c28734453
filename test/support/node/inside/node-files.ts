// Keys, kubeconfigs and configurations of a node's programs, beside those of the control plane.
import { mkdir, writeFile } from 'node:fs/promises'
import type { CertificateOrder, KeyAndCertificate } from '../../cluster/cluster-certificates.ts'
import { type ControlPlaneFiles, kubeconfigText } from '../../cluster/control-plane-files.ts'
import { nodeAddress, nodeName } from '../addresses.ts'
import type { NodeOrder } from '../node-order.ts'
import {
  containerdConfiguration,
  corefile,
  kubeletConfiguration,
  podNetwork,
  proxyConfiguration,
} from './configurations.ts'

/** The names by which the API server knows them, and its roles. */
const identities = {
  scheduler: { subject: 'CN=system:kube-scheduler', use: 'client' },
  proxy: { subject: 'CN=system:kube-proxy', use: 'client' },
  kubelet: { subject: `CN=system:node:${nodeName}, O=system:nodes`, use: 'both', addresses: [nodeAddress] },
  /** Whom the kubelet sees when the API server calls it for logs and commands. */
  kubeletClient: { subject: 'CN=kube-apiserver-kubelet-client, O=system:masters', use: 'client' },
} as const satisfies Record<string, CertificateOrder>

/** @returns what is left to write once the API server has an address. */
export async function writeNodeFiles(inside: {
  readonly order: NodeOrder
  readonly files: ControlPlaneFiles
}): Promise<(url: string) => Promise<void>> {
  const { order, files } = inside
  const { path, certificates, adminToken } = files
  const kubelet = await certificates.issue(identities.kubelet)
  const kubeletClient = await certificates.issue(identities.kubeletClient)
  const scheduler = await certificates.issue(identities.scheduler)
  const proxy = await certificates.issue(identities.proxy)
  for (const folder of ['cni', 'configuration']) await mkdir(path(folder))
  const writes: Readonly<Record<string, string>> = {
    'pki/kubelet.crt': kubelet.certificate,
    'pki/kubelet.key': kubelet.key,
    'pki/kubelet-client.crt': kubeletClient.certificate,
    'pki/kubelet-client.key': kubeletClient.key,
    'cni/10-pods.conflist': podNetwork({ order, path }),
    'configuration/containerd.toml': containerdConfiguration({ order, path }),
    'configuration/kubelet': kubeletConfiguration({ order, path }),
    'configuration/kube-proxy': proxyConfiguration({ order, path }),
    'configuration/Corefile': corefile({ order, path }),
  }
  const write = async (name: string, text: string) => writeFile(path(name), text, { mode: 0o600 })
  for (const [name, text] of Object.entries(writes)) await write(name, text)
  return async url => {
    const server = { url, ca: certificates.ca }
    const users = {
      kubelet: clientOf(kubelet),
      'kube-scheduler': clientOf(scheduler),
      'kube-proxy': clientOf(proxy),
      coredns: { token: adminToken },
    }
    for (const [name, user] of Object.entries(users)) {
      await write(`kubeconfig/${name}`, kubeconfigText(server, user))
    }
  }
}

function clientOf({ key, certificate }: KeyAndCertificate): object {
  return {
    'client-certificate-data': Buffer.from(certificate).toString('base64'),
    'client-key-data': Buffer.from(key).toString('base64'),
  }
}
