// The only place of the operator that reads the environment: strict, once, at the start, with one sentence per problem.
import { hostname } from 'node:os'
import { type PullPolicy, pullPolicies } from './injection/injection-settings.ts'
import { type ContainerResources, defaultResources, parseResources } from './injection/parse-resources.ts'

export interface Settings {
  /** Path of a kubeconfig; undefined: the pod's own ServiceAccount. */
  readonly kubeconfig: string | undefined
  /** The operator's own namespace. */
  readonly namespace: string
  /** Tells replicas apart, in the Lease and in fleet summaries. */
  readonly replica: string
  readonly pushListen: Address
  readonly webhookListen: Address
  readonly adminListen: Address
  /** What sidecars are told to connect to. */
  readonly pushUrl: URL
  /** Undefined: webhooks are registered by service. */
  readonly webhookUrl: URL | undefined
  readonly sidecarImage: string
  readonly sidecarPullPolicy: PullPolicy
  readonly sidecarResources: ContainerResources
  /** Undefined: the sidecar's own default. */
  readonly sidecarLogLevel: LogLevel | undefined
  /** Undefined: sidecars write no audit. A file of theirs would be gone with the pod. */
  readonly sidecarAudit: (typeof sidecarAudits)[number] | undefined
  /** What becomes of pods in namespaces that opted in while no operator answers. */
  readonly injectionFailurePolicy: InjectionFailurePolicy
  /** `given`: somebody said which image is ours, so that no other one is given keys. */
  readonly sidecarImageSource: 'given' | 'default'
  readonly tokenAudience: string
  /** Where provider Secrets may be read. */
  readonly credentialNamespaces: readonly string[]
  readonly logLevel: LogLevel
}

export interface Address {
  readonly host: string
  readonly port: number
}

const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

const sidecarAudits = ['off', 'stdout'] as const

const failurePolicies = ['Fail', 'Ignore'] as const
export type InjectionFailurePolicy = (typeof failurePolicies)[number]

export type SettingsReading =
  /** `warnings`: variables that look like settings and have no effect. */
  | { readonly kind: 'read'; readonly settings: Settings; readonly warnings: readonly string[] }
  | { readonly kind: 'refused'; readonly problems: readonly string[] }

export type Environment = Readonly<Record<string, string | undefined>>

const names = {
  namespace: 'LLM_FALLBACK_NAMESPACE',
  pushListen: 'LLM_FALLBACK_PUSH_LISTEN',
  webhookListen: 'LLM_FALLBACK_WEBHOOK_LISTEN',
  adminListen: 'LLM_FALLBACK_ADMIN_LISTEN',
  pushUrl: 'LLM_FALLBACK_PUSH_URL',
  webhookUrl: 'LLM_FALLBACK_WEBHOOK_URL',
  sidecarImage: 'LLM_FALLBACK_SIDECAR_IMAGE',
  sidecarPullPolicy: 'LLM_FALLBACK_SIDECAR_PULL_POLICY',
  sidecarResources: 'LLM_FALLBACK_SIDECAR_RESOURCES',
  sidecarLogLevel: 'LLM_FALLBACK_SIDECAR_LOG_LEVEL',
  sidecarAudit: 'LLM_FALLBACK_SIDECAR_AUDIT',
  injectionFailurePolicy: 'LLM_FALLBACK_INJECTION_FAILURE_POLICY',
  tokenAudience: 'LLM_FALLBACK_TOKEN_AUDIENCE',
  credentialNamespaces: 'LLM_FALLBACK_CREDENTIAL_NAMESPACES',
  logLevel: 'LLM_FALLBACK_LOG_LEVEL',
} as const

const known = new Set<string>(Object.values(names))

export function readSettings(environment: Environment): SettingsReading {
  const reader = new Reader(environment)
  const namespace = reader.read(names.namespace, 'llm-fallback-system', parseNamespace)
  const settings: Settings = {
    kubeconfig: environment['KUBECONFIG'] || undefined,
    namespace,
    replica: `${hostname()}-${process.pid}`.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-'),
    pushListen: reader.read(names.pushListen, '0.0.0.0:8443', parseAddress),
    webhookListen: reader.read(names.webhookListen, '0.0.0.0:9443', parseAddress),
    adminListen: reader.read(names.adminListen, '0.0.0.0:8080', parseAddress),
    pushUrl: reader.read(names.pushUrl, `https://llm-fallback.${namespace ?? 'x'}.svc:8443`, parseHttpsUrl),
    webhookUrl: reader.optional(names.webhookUrl, parseHttpsUrl),
    sidecarImage: reader.read(names.sidecarImage, 'ghcr.io/llm-fallback/sidecar:0.1.0', parseImage),
    sidecarImageSource: environment[names.sidecarImage] ? 'given' : 'default',
    sidecarPullPolicy: reader.read(names.sidecarPullPolicy, 'IfNotPresent', oneOf(pullPolicies)),
    sidecarResources: reader.optional(names.sidecarResources, parseSidecarResources) ?? defaultResources,
    sidecarLogLevel: reader.optional(names.sidecarLogLevel, oneOf(logLevels)),
    sidecarAudit: reader.optional(names.sidecarAudit, oneOf(sidecarAudits)),
    injectionFailurePolicy: reader.read(names.injectionFailurePolicy, 'Fail', oneOf(failurePolicies)),
    tokenAudience: reader.read(names.tokenAudience, 'llm-fallback', parseAudience),
    credentialNamespaces: reader.optional(names.credentialNamespaces, parseNamespaces) ?? [],
    logLevel: reader.read(names.logLevel, 'info', oneOf(logLevels)),
  }
  if (reader.problems.length > 0) return { kind: 'refused', problems: reader.problems }
  return { kind: 'read', settings, warnings: warningsFor(environment) }
}

/** Kubernetes itself sets variables for a Service called llm-fallback: they are nobody's mistake. */
const serviceLink = /^LLM_FALLBACK_(SERVICE_HOST|SERVICE_PORT\w*|PORT|PORT_\d+_\w+)$/

function warningsFor(environment: Environment): readonly string[] {
  return Object.keys(environment)
    .filter(name => name.startsWith('LLM_FALLBACK_') && !known.has(name) && !serviceLink.test(name))
    .map(name => `${name} is not a setting of the operator and has no effect`)
}

/** Thrown by a parser: what is expected instead. */
class Unfit extends Error {}

class Reader {
  readonly problems: string[] = []
  readonly #environment: Environment

  constructor(environment: Environment) {
    this.#environment = environment
  }

  /** An empty variable counts as not set. A bad value is noted; all problems are found before any is told. */
  read<T>(name: string, fallback: string, parse: (text: string) => T): T {
    const given = this.#environment[name] || undefined
    try {
      return parse(given ?? fallback)
    } catch (cause) {
      if (!(cause instanceof Unfit)) throw cause
      this.problems.push(`${name}: ${JSON.stringify(given ?? '')}; expected ${cause.message}`)
      return undefined as T
    }
  }

  optional<T>(name: string, parse: (text: string) => T): T | undefined {
    return this.#environment[name] ? this.read(name, '', parse) : undefined
  }
}

/** `host:port` or `[v6]:port`; a port of 0 takes a free one. */
function parseAddress(text: string): Address {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  if (host === undefined || port > 65_535) throw new Unfit('host:port, such as 0.0.0.0:8443')
  return { host, port }
}

/** As `parseAddress` reads it. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function parseHttpsUrl(text: string): URL {
  const url = URL.parse(text)
  const isPlain = url !== null && url.search === '' && url.hash === '' && url.username === ''
  if (url === null || url.protocol !== 'https:' || !isPlain) {
    throw new Unfit('an https URL, such as https://llm-fallback.llm-fallback-system.svc:8443')
  }
  return url
}

const namespacePattern = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

function parseNamespace(text: string): string {
  if (!namespacePattern.test(text)) throw new Unfit('a namespace, such as llm-fallback-system')
  return text
}

function parseNamespaces(text: string): readonly string[] {
  const list = text
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
  if (!list.every(name => namespacePattern.test(name))) {
    throw new Unfit('namespaces with commas between them, such as llm-keys,platform')
  }
  return [...new Set(list)].sort()
}

function parseImage(text: string): string {
  if (!/^[a-z0-9][\w.\-/:]*(@sha256:[0-9a-f]{64})?$/.test(text)) {
    throw new Unfit('an image reference, such as registry.example/llm-fallback/sidecar:1.0.0')
  }
  return text
}

function parseAudience(text: string): string {
  if (!/^[\x21-\x7e]{1,253}$/.test(text)) throw new Unfit('an audience without blanks, such as llm-fallback')
  return text
}

function parseSidecarResources(text: string): ContainerResources {
  const reading = parseResources(text)
  if (reading.kind === 'refused') throw new Unfit(reading.expected)
  return reading.resources
}

function oneOf<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return text => {
    const word = words.find(candidate => candidate === text)
    if (word === undefined) throw new Unfit(`one of ${words.join(', ')}`)
    return word
  }
}

/** The environment of this process, read once. */
export function readEnvironment(): Environment {
  return { ...process.env }
}
