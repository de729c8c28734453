// The only place that reads the environment: strict, once, at the start, with one sentence per problem.
import { hostname } from 'node:os'
import { parseDuration } from '../crds/resources/durations.ts'

export interface Settings {
  readonly listen: Address
  readonly adminListen: Address
  readonly policySource: PolicySourceSetting
  /** Where the last good snapshot is kept; undefined: nowhere. */
  readonly stateDirectory: string | undefined
  /** Undefined when it was not set: a folder's policies are then taken from every namespace. */
  readonly namespace: string | undefined
  readonly podName: string
  readonly podUid: string | undefined
  /** Undefined when not set: a folder's selectors are then not applied. */
  readonly podLabels: Readonly<Record<string, string>> | undefined
  readonly logLevel: LogLevel
  readonly audit: AuditSetting
  readonly drainMs: number
  readonly maxBodyBytes: number
}

export interface Address {
  readonly host: string
  readonly port: number
}

/** Exactly one. */
export type PolicySourceSetting =
  | { readonly kind: 'folder'; readonly directory: string }
  /** `url`: `https:`, without a trailing slash. Both files are read again at each connect. */
  | { readonly kind: 'operator'; readonly url: string; readonly caFile: string; readonly tokenFile: string }

export type AuditSetting =
  | { readonly kind: 'off' }
  | { readonly kind: 'stdout' }
  | { readonly kind: 'file'; readonly path: string }

const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

export type SettingsReading =
  /** `warnings`: variables that look like settings and have no effect. */
  | { readonly kind: 'read'; readonly settings: Settings; readonly warnings: readonly string[] }
  | { readonly kind: 'refused'; readonly problems: readonly string[] }

export type Environment = Readonly<Record<string, string | undefined>>

const operatorVariables = [
  'LLM_FALLBACK_OPERATOR_URL',
  'LLM_FALLBACK_OPERATOR_CA_FILE',
  'LLM_FALLBACK_OPERATOR_TOKEN_FILE',
] as const

const known = new Set<string>([
  ...operatorVariables,
  'LLM_FALLBACK_LISTEN',
  'LLM_FALLBACK_ADMIN_LISTEN',
  'LLM_FALLBACK_ALLOW_REMOTE',
  'LLM_FALLBACK_POLICY_DIR',
  'LLM_FALLBACK_STATE_DIR',
  'LLM_FALLBACK_NAMESPACE',
  'LLM_FALLBACK_POD_NAME',
  'LLM_FALLBACK_POD_UID',
  'LLM_FALLBACK_POD_LABELS',
  'LLM_FALLBACK_LOG_LEVEL',
  'LLM_FALLBACK_AUDIT',
  'LLM_FALLBACK_DRAIN',
  'LLM_FALLBACK_MAX_BODY',
])

export function readSettings(environment: Environment): SettingsReading {
  const reader = new Reader(environment)
  const reach = reader.read('LLM_FALLBACK_ALLOW_REMOTE', 'false', parseBoolean) ? 'any' : 'loopback'
  const settings: Settings = {
    listen: reader.read('LLM_FALLBACK_LISTEN', '127.0.0.1:8787', text => parseAddress(text, reach)),
    adminListen: reader.read('LLM_FALLBACK_ADMIN_LISTEN', '127.0.0.1:8788', text =>
      parseAddress(text, 'any'),
    ),
    policySource: readPolicySource(reader),
    stateDirectory: reader.optional('LLM_FALLBACK_STATE_DIR', text => text),
    namespace: reader.optional('LLM_FALLBACK_NAMESPACE', parseName),
    podName: reader.read('LLM_FALLBACK_POD_NAME', hostname(), text => text),
    podUid: reader.optional('LLM_FALLBACK_POD_UID', text => text),
    podLabels: reader.optional('LLM_FALLBACK_POD_LABELS', parseLabels),
    logLevel: reader.read('LLM_FALLBACK_LOG_LEVEL', 'info', parseLogLevel),
    audit: reader.read('LLM_FALLBACK_AUDIT', 'off', parseAudit),
    drainMs: reader.read('LLM_FALLBACK_DRAIN', '25s', parseDrain),
    maxBodyBytes: reader.read('LLM_FALLBACK_MAX_BODY', '32MiB', parseBytes),
  }
  if (reader.problems.length > 0) return { kind: 'refused', problems: reader.problems }
  return { kind: 'read', settings, warnings: warningsFor(environment) }
}

function readPolicySource(reader: Reader): PolicySourceSetting {
  const cause = operatorVariables.find(name => reader.isSet(name))
  if (cause === undefined) {
    const wanted = 'the folder that holds the policy files, or LLM_FALLBACK_OPERATOR_URL in its place'
    return { kind: 'folder', directory: reader.read('LLM_FALLBACK_POLICY_DIR', '', parseRequired(wanted)) }
  }
  reader.optional('LLM_FALLBACK_POLICY_DIR', () => {
    throw new Unfit(`nothing beside ${cause}: policy comes from a folder or from an operator`)
  })
  const [url, caFile, tokenFile] = operatorVariables
  return {
    kind: 'operator',
    url: reader.read(url, '', parseOperatorUrl),
    caFile: reader.read(caFile, '', parseRequired("the file with the operator's CA certificate")),
    tokenFile: reader.read(tokenFile, '', parseRequired("the file with the pod's projected token")),
  }
}

/** Kubernetes itself sets variables for a Service called llm-fallback: they are nobody's mistake. */
const serviceLink = /^LLM_FALLBACK_(SERVICE_HOST|SERVICE_PORT\w*|PORT|PORT_\d+_\w+)$/

function warningsFor(environment: Environment): readonly string[] {
  const unknown = Object.keys(environment)
    .filter(name => name.startsWith('LLM_FALLBACK_') && !known.has(name) && !serviceLink.test(name))
    .map(name => `${name} is not a setting of the sidecar and has no effect`)
  const traces = environment['OTEL_EXPORTER_OTLP_ENDPOINT']
    ? ['OTEL_EXPORTER_OTLP_ENDPOINT: traces are not supported yet']
    : []
  return [...unknown, ...traces]
}

/** Thrown by a parser: what is expected instead. */
class Unfit extends Error {}

class Reader {
  readonly problems: string[] = []
  readonly #environment: Environment

  constructor(environment: Environment) {
    this.#environment = environment
  }

  /** An empty variable counts as not set. A bad value is noted; the default then stands in so that all problems are found. */
  read<T>(name: string, fallback: string, parse: (text: string) => T): T {
    const given = this.#environment[name] || undefined
    try {
      return parse(given ?? fallback)
    } catch (cause) {
      if (!(cause instanceof Unfit)) throw cause
      // A URL may carry a password.
      const shown = given === undefined ? 'not set' : JSON.stringify(given.replace(/\/\/[^/]*@/, '//…@'))
      this.problems.push(`${name}: ${shown}; expected ${cause.message}`)
      return undefined as T
    }
  }

  optional<T>(name: string, parse: (text: string) => T): T | undefined {
    return this.#environment[name] ? this.read(name, '', parse) : undefined
  }

  isSet(name: string): boolean {
    return Boolean(this.#environment[name])
  }
}

function parseBoolean(text: string): boolean {
  if (text === 'true') return true
  if (text === 'false') return false
  throw new Unfit('true or false')
}

/** `host:port` or `[v6]:port`; a port of 0 takes a free one. */
export function parseAddress(text: string, reach: 'loopback' | 'any'): Address {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  if (host === undefined || port > 65_535) throw new Unfit('host:port, such as 127.0.0.1:8787')
  const isLoopback = /^127\.\d+\.\d+\.\d+$/.test(host) || host === '::1' || host === 'localhost'
  if (reach === 'loopback' && !isLoopback) {
    throw new Unfit('a loopback address such as 127.0.0.1:8787, or LLM_FALLBACK_ALLOW_REMOTE=true beside it')
  }
  return { host, port }
}

/** As `parseAddress` reads it, and as it stands in a URL. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function parseRequired(what: string): (text: string) => string {
  return text => {
    if (text === '') throw new Unfit(what)
    return text
  }
}

/** Only `https:`: a token and keys travel there. */
function parseOperatorUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isBare = url?.username === '' && url.password === '' && url.search === '' && url.hash === ''
  if (url?.protocol !== 'https:' || !isBare) {
    throw new Unfit('an https URL such as https://llm-fallback.llm-fallback-system.svc:8443')
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

function parseName(text: string): string {
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) throw new Unfit('a namespace, such as support')
  return text
}

function parseLabels(text: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {}
  for (const pair of text.split(',')) {
    const [, key, value] =
      /^([A-Za-z0-9][-A-Za-z0-9_./]*)=([A-Za-z0-9][-A-Za-z0-9_.]*|)$/.exec(pair.trim()) ?? []
    const isNew = key !== undefined && !Object.hasOwn(labels, key)
    if (!isNew || value === undefined) throw new Unfit('labels such as app=copilot,tier=web, each key once')
    labels[key] = value
  }
  return labels
}

function parseLogLevel(text: string): LogLevel {
  const level = logLevels.find(candidate => candidate === text)
  if (level === undefined) throw new Unfit(`one of ${logLevels.join(', ')}`)
  return level
}

function parseAudit(text: string): AuditSetting {
  if (text === 'off' || text === 'stdout') return { kind: text }
  if (text.startsWith('file:/')) return { kind: 'file', path: text.slice('file:'.length) }
  throw new Unfit('off, stdout or file:/path')
}

function parseDrain(text: string): number {
  const milliseconds = parseDuration(text)
  if (milliseconds === undefined || milliseconds > 3_600_000)
    throw new Unfit('a duration up to 1h, such as 25s')
  return milliseconds
}

const byteUnits: Readonly<Record<string, number>> = { '': 1, KiB: 1024, MiB: 1024 * 1024 }

function parseBytes(text: string): number {
  const [, count, unit = ''] = /^(\d{1,12})(KiB|MiB|)$/.exec(text) ?? []
  const bytes = Number(count) * (byteUnits[unit] ?? Number.NaN)
  if (!(bytes >= 1 && bytes <= 1024 * 1024 * 1024))
    throw new Unfit('a size up to 1024MiB, such as 32MiB (bytes, KiB, MiB)')
  return bytes
}

/** The environment of this process, read once. */
export function readEnvironment(): Environment {
  return { ...process.env }
}
