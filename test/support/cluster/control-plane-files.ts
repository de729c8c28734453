// What the programs of a control plane read: keys, certificates and kubeconfigs in its folder.
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ClusterCertificates, makeClusterCertificates } from './cluster-certificates.ts'

export interface ControlPlaneFiles {
  readonly folder: string
  readonly certificates: ClusterCertificates
  /** Bearer token of the group `system:masters`. */
  readonly adminToken: string
  /** Path of a file below the folder. */
  path(...names: readonly string[]): string
}

/** @param addresses further ones at which the API server is reached. */
export async function writeControlPlaneFiles(
  folder: string,
  addresses: readonly string[] = [],
): Promise<ControlPlaneFiles> {
  const certificates = await makeClusterCertificates(addresses)
  const adminToken = randomBytes(24).toString('hex')
  for (const name of ['pki', 'log', 'kubeconfig', 'etcd']) {
    await mkdir(join(folder, name), { mode: 0o700 })
  }
  const files: Readonly<Record<string, string>> = {
    'pki/ca.crt': certificates.ca,
    'pki/apiserver.crt': certificates.apiServer.certificate,
    'pki/apiserver.key': certificates.apiServer.key,
    'pki/controller-manager.crt': certificates.controllerManager.certificate,
    'pki/controller-manager.key': certificates.controllerManager.key,
    'pki/sa.key': certificates.tokenKeyPem,
    'pki/sa.pub': certificates.tokenPublicKeyPem,
    'pki/tokens.csv': `${adminToken},admin,admin,"system:masters"\n`,
  }
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text, { mode: 0o600 })
  }
  return { folder, certificates, adminToken, path: (...names) => join(folder, ...names) }
}

/** As JSON, which is YAML. */
export function kubeconfigText(server: { readonly url: string; readonly ca: string }, user: object): string {
  const cluster = {
    server: server.url,
    'certificate-authority-data': Buffer.from(server.ca).toString('base64'),
  }
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'user', user }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'user' } }],
    'current-context': 'test',
  })
}
