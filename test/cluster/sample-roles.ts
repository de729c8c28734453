// A cluster in which the operator is nobody but a ServiceAccount with the roles that the chart ships.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prepareRequestAudit, type RequestAudit } from '../support/cluster/request-audit.ts'
import { type Cluster, type ServiceAccountId, startCluster } from '../support/cluster/start-cluster.ts'
import { grantOperatorRoles } from '../support/operator-roles.ts'

export const account: ServiceAccountId = { namespace: 'llm-fallback-system', name: 'llm-fallback' }
/** Has the pods, and the Secret `vendor-keys`, which is granted. */
export const shop = 'shop'
/** Has Secrets, none of which is granted. */
export const vault = 'vault'
export const crdGroup = '/apis/llmfallback.io/v1alpha1'

export interface RoleCluster {
  readonly cluster: Cluster
  readonly audit: RequestAudit
  apply(object: object): Promise<void>
  stop(): Promise<void>
}

export async function startRoleCluster(): Promise<RoleCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-fallback-roles-'))
  const audit = await prepareRequestAudit(folder, account)
  const cluster = await startCluster({ apiServerFlags: audit.flags })
  await cluster.applyCrds()
  for (const name of [account.namespace, shop, vault]) await cluster.createNamespace(name)
  await cluster.createServiceAccount(account.namespace, account.name)
  await grantOperatorRoles(cluster, account, { [shop]: ['vendor-keys'] })
  return {
    cluster,
    audit,
    async apply(object) {
      const { code, stderr } = await cluster.kubectl({ input: JSON.stringify(object) }, 'apply', '-f', '-')
      if (code !== 0) throw new Error(stderr)
    },
    async stop() {
      await cluster.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export function secret(namespace: string, name: string, value: string): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name }, stringData: { key: value } }
}
