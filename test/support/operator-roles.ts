// The roles that the chart ships, read from its files: the one place where they are written.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { repositoryRoot } from './child-process.ts'
import type { Cluster, ServiceAccountId } from './cluster/start-cluster.ts'
import { type JsonRecord, recordOf, recordsOf, textOf } from './simulated-vendors/json.ts'

export interface OperatorRole {
  /** Of the file, without its ending. */
  readonly file: string
  readonly kind: 'Role' | 'ClusterRole'
  readonly name: string
  readonly labels: JsonRecord
  readonly rules: readonly RoleRule[]
}

export interface RoleRule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  /** Absent: whatever the name. */
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

const folder = join(repositoryRoot, 'charts/llm-fallback/roles')
const rbac = '/apis/rbac.authorization.k8s.io/v1'

/** In the order of their files' names. */
export function readOperatorRoles(): readonly OperatorRole[] {
  const files = readdirSync(folder).filter(name => name.endsWith('.yaml'))
  return files
    .sort()
    .map(name => readRole(name.replace('.yaml', ''), readFileSync(join(folder, name), 'utf8')))
}

export function findRole(file: string): OperatorRole {
  const role = readOperatorRoles().find(one => one.file === file)
  if (role === undefined) throw new Error(`there is no role in ${folder}/${file}.yaml`)
  return role
}

function readRole(file: string, text: string): OperatorRole {
  const document: unknown = parse(text)
  const { kind, metadata, rules } = recordOf(document)
  if (kind !== 'Role' && kind !== 'ClusterRole') throw new Error(`${file} holds a ${kind}, no role`)
  const { name, labels } = recordOf(metadata)
  return {
    file,
    kind,
    name: textOf(name) ?? '',
    labels: recordOf(labels),
    rules: recordsOf(rules).map(rule => readRule(file, rule)),
  }
}

function readRule(file: string, rule: JsonRecord): RoleRule {
  const { apiGroups, resources, resourceNames, verbs, ...others } = rule
  if (Object.keys(others).length > 0) throw new Error(`${file}: a rule with ${Object.keys(others)}`)
  return {
    apiGroups: textsOf(apiGroups),
    resources: textsOf(resources),
    verbs: textsOf(verbs),
    ...(resourceNames === undefined ? {} : { resourceNames: textsOf(resourceNames) }),
  }
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(one => typeof one === 'string') : []
}

/** @param credentials the Secrets that may be read, by namespace. */
export async function grantOperatorRoles(
  cluster: Cluster,
  account: ServiceAccountId,
  credentials: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  await bindRole(cluster, findRole('cluster'), { account })
  await bindRole(cluster, findRole('own-namespace'), { account, namespace: account.namespace })
  const reader = findRole('credential-namespace')
  for (const [namespace, resourceNames] of Object.entries(credentials)) {
    const role = { ...reader, rules: reader.rules.map(rule => ({ ...rule, resourceNames })) }
    await bindRole(cluster, role, { account, namespace })
  }
}

/** Creates the role and binds the account to it: in one namespace, or absent in the whole cluster. */
export async function bindRole(
  cluster: Cluster,
  role: OperatorRole,
  { account, namespace }: { readonly account: ServiceAccountId; readonly namespace?: string },
): Promise<void> {
  const inNamespace = namespace === undefined ? rbac : `${rbac}/namespaces/${namespace}`
  const [roles, bindings] =
    role.kind === 'ClusterRole'
      ? [`${rbac}/clusterroles`, namespace === undefined ? 'clusterrolebindings' : 'rolebindings']
      : [`${inNamespace}/roles`, 'rolebindings']
  const { name, labels, rules } = role
  await cluster.adminExpect('POST', roles, { metadata: { name, labels }, rules })
  await cluster.adminExpect('POST', `${inNamespace}/${bindings}`, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: role.kind, name },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  })
}

/** Every single permission of some rules, e.g. `get secrets llm-fallback-ca`; without a name when it is for any. */
export function permissionsOf(rules: readonly RoleRule[]): readonly string[] {
  return rules.flatMap(({ resources, resourceNames, verbs }) =>
    resources.flatMap(resource =>
      verbs.flatMap(verb => (resourceNames ?? ['']).map(name => `${verb} ${resource} ${name}`.trim())),
    ),
  )
}
