// Clients send calls to 127.0.0.1 through a proxy of the company, too, unless they are told not to.

import { referenceTo } from './placeholder.ts'
import type { VariableReading } from './read-pod.ts'

const proxyVariables = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy']
/** Some clients prefer the one, some the other: both have to say the same. */
const exceptionVariables = ['NO_PROXY', 'no_proxy'] as const
const loopback = ['127.0.0.1', 'localhost']

export interface ProxySituation {
  readonly variables: ReadonlyMap<string, VariableReading>
  /** Variables come from ConfigMaps or Secrets that nobody here sees. */
  readonly hasUnseen: boolean
}

export interface ProxyExceptions {
  readonly added: readonly { readonly name: string; readonly value: string }[]
  readonly changed: readonly { readonly index: number; readonly value: string }[]
  /** Names of those that come from elsewhere and cannot be added to. */
  readonly kept: readonly string[]
}

export function chooseProxyExceptions({ variables, hasUnseen }: ProxySituation): ProxyExceptions {
  if (!hasUnseen && !proxyVariables.some(name => variables.has(name))) {
    return { added: [], changed: [], kept: [] }
  }
  const there = exceptionVariables.flatMap(name => variables.get(name) ?? [])
  const missing = exceptionVariables.filter(name => !variables.has(name))
  return {
    added: missing.map(name => ({ name, value: withLoopback(baseOf(there, hasUnseen)) })),
    changed: there.flatMap(({ index, value }) => {
      if (value === undefined) return []
      const merged = withLoopback(value)
      return merged === value ? [] : [{ index, value: merged }]
    }),
    kept: there.filter(({ value }) => value === undefined).map(({ name }) => name),
  }
}

/** What a missing variable begins with: what the other one says, which the kubelet puts in where it is not seen here. */
function baseOf(there: readonly VariableReading[], hasUnseen: boolean): string {
  const [other] = there
  if (other !== undefined) return other.value ?? referenceTo(other.name)
  return hasUnseen ? exceptionVariables.map(referenceTo).join(',') : ''
}

function withLoopback(list: string): string {
  const hosts = list.split(',').map(host => host.trim())
  if (hosts.includes('*')) return list
  const missing = loopback.filter(host => !hosts.includes(host))
  if (missing.length === 0) return list
  return [...missing, ...(list.trim() === '' ? [] : [list])].join(',')
}
