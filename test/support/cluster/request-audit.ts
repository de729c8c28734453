// What a ServiceAccount asked of the API server, from the server's own audit log.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  isRecord,
  type JsonRecord,
  numberOf,
  parseRecord,
  recordOf,
  textOf,
} from '../simulated-vendors/json.ts'
import type { ServiceAccountId } from './start-cluster.ts'

export interface AuditedRequest {
  readonly verb: string
  /** With its subresource, e.g. `fallbackpolicies/status`. */
  readonly resource: string
  /** Empty for the whole cluster. */
  readonly namespace: string
  /** Empty for a collection. */
  readonly name: string
  readonly status: number
}

export interface RequestAudit {
  /** For the API server. */
  readonly flags: readonly string[]
  /** In the order in which they were answered; a watch as soon as it stands. */
  requests(): Promise<readonly AuditedRequest[]>
}

/** @param folder that lives as long as the cluster. */
export async function prepareRequestAudit(folder: string, account: ServiceAccountId): Promise<RequestAudit> {
  const policy = join(folder, 'audit-policy.yaml')
  const log = join(folder, 'audit.log')
  await writeFile(
    policy,
    JSON.stringify({
      apiVersion: 'audit.k8s.io/v1',
      kind: 'Policy',
      omitStages: ['RequestReceived'],
      rules: [
        { level: 'Metadata', users: [`system:serviceaccount:${account.namespace}:${account.name}`] },
        { level: 'None' },
      ],
    }),
  )
  return {
    flags: [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`],
    async requests() {
      const text = await readFile(log, 'utf8')
      return text.split('\n').map(parseRecord).filter(isRecord).map(readRequest)
    },
  }
}

function readRequest(line: JsonRecord): AuditedRequest {
  const { resource, subresource, namespace, name } = recordOf(line['objectRef'])
  return {
    verb: textOf(line['verb']) ?? '',
    resource: [resource, subresource].filter(part => part !== undefined).join('/'),
    namespace: textOf(namespace) ?? '',
    name: textOf(name) ?? '',
    status: numberOf(recordOf(line['responseStatus'])['code']) ?? 0,
  }
}
