// For tests: a cluster that says what it is told to say.
import type {
  Assignment,
  Cancel,
  Change,
  ObjectClient,
  PodFacts,
  Reader,
  TokenReviewer,
  TokenVerdict,
} from '../reconcile/ports.ts'
import { asFields } from './parse-report.ts'

interface Named {
  readonly namespace?: string
  readonly name: string
}

/** A collection that a test changes by hand. */
export class SampleReader<Item extends Named> implements Reader<Item> {
  readonly #items = new Map<string, Item>()
  readonly #listeners = new Set<(change: Change<Item>) => void>()

  list(): Iterable<Item> {
    return this.#items.values()
  }

  *inNamespace(namespace: string): Iterable<Item> {
    for (const item of this.#items.values()) if (item.namespace === namespace) yield item
  }

  find(namespace: string, name: string): Item | undefined {
    return this.#items.get(`${namespace}/${name}`)
  }

  hasSynced(): boolean {
    return true
  }

  onChange(listener: (change: Change<Item>) => void): Cancel {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  put(after: Item): void {
    const key = `${after.namespace ?? ''}/${after.name}`
    const before = this.#items.get(key)
    this.#items.set(key, after)
    this.#tell(before === undefined ? { after } : { before, after })
  }

  remove(namespace: string, name: string): void {
    const before = this.#items.get(`${namespace}/${name}`)
    if (before === undefined || !this.#items.delete(`${namespace}/${name}`)) return
    this.#tell({ before })
  }

  #tell(change: Change<Item>): void {
    for (const listener of this.#listeners) listener(change)
  }
}

export function samplePod(name: string, changes: Partial<PodFacts> = {}): PodFacts {
  return {
    namespace: 'shop',
    name,
    uid: `uid-of-${name}`,
    labels: {},
    serviceAccount: 'default',
    node: 'node-1',
    hasSidecar: true,
    injection: 'injected',
    unsound: '',
    exposedKeys: '',
    keptVariables: '',
    isFinished: false,
    isDeleting: false,
    ...changes,
  }
}

/** A token in the shape that the API server gives it, which names a pod of `samplePod`; one that has it stays as it is. */
export function sampleToken(word: string): string {
  if (word.includes('.')) return word
  const name = /^token-of-(.+)$/.exec(word)?.[1] ?? 'anybody'
  const { namespace, uid } = samplePod(name)
  const encode = (text: string) => Buffer.from(text).toString('base64url')
  const claims = { 'kubernetes.io': { namespace, pod: { name, uid } } }
  return `${encode('{}')}.${encode(JSON.stringify(claims))}.${encode(word)}`
}

/** What `sampleToken` was made of. */
function wordOf(token: string): string {
  return Buffer.from(token.split('.')[2] ?? '', 'base64url').toString()
}

/** Accepts `token-of-<pod>` for a pod made by `samplePod`; everything else is as `verdicts` say, or refused. */
export class SampleReviewer implements TokenReviewer {
  readonly verdicts = new Map<string, TokenVerdict | Error>()
  readonly #expiresAt: number
  reviews = 0

  /** @param expiresAt wall time at which every token ends. */
  constructor(expiresAt: number) {
    this.#expiresAt = expiresAt
  }

  async review(token: string): Promise<TokenVerdict> {
    this.reviews += 1
    const word = wordOf(token)
    const verdict = this.verdicts.get(word)
    if (verdict instanceof Error) throw verdict
    if (verdict !== undefined) return verdict
    const pod = /^token-of-(.+)$/.exec(word)?.[1]
    if (pod === undefined) return { kind: 'refused', reason: 'invalid audience' }
    return this.accept(pod)
  }

  accept(pod: string, expiresAt: number = this.#expiresAt): Extract<TokenVerdict, { kind: 'authenticated' }> {
    const { namespace, serviceAccount, uid: podUid } = samplePod(pod)
    return { kind: 'authenticated', namespace, serviceAccount, pod, podUid, expiresAt }
  }
}

/** ConfigMaps that are written come back through `summaries`, as a watch would bring them. */
export class SampleObjects implements ObjectClient {
  readonly summaries: SampleReader<{ name: string; data: Readonly<Record<string, string>> }>
  readonly applied: string[] = []
  readonly removed: string[] = []
  failure: Error | undefined

  constructor(summaries: SampleObjects['summaries'] = new SampleReader()) {
    this.summaries = summaries
  }

  async read(): Promise<unknown> {
    return undefined
  }

  async create(): Promise<'created' | 'exists'> {
    return 'created'
  }

  async replace(): Promise<'replaced' | 'conflict' | 'gone'> {
    return 'replaced'
  }

  async apply(path: string, object: unknown): Promise<void> {
    if (this.failure !== undefined) throw this.failure
    this.applied.push(path)
    const fields = asFields(asFields(object)?.['data']) ?? {}
    const data = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)]))
    this.summaries.put({ name: path.split('/').at(-1) ?? '', data })
  }

  async remove(path: string): Promise<void> {
    if (this.failure !== undefined) throw this.failure
    this.removed.push(path)
    this.summaries.remove('', path.split('/').at(-1) ?? '')
  }
}

export interface SampleAssignment {
  /** One hexadecimal digit, of which the digest is made. */
  readonly digit: string
  /** Absent: no credentials. */
  readonly credentials?: string
  /** Length that the line is filled up to. */
  readonly bytes?: number
}

export function digestOf(digit: string): string {
  return digit.repeat(64)
}

/** A snapshot with the provider `LLMProvider/shop/vendor`, as the reconcile loop would hand it over. */
export function sampleAssignment({ digit, credentials, bytes = 0 }: SampleAssignment): Assignment {
  const key = 'LLMProvider/shop/vendor'
  const provider = {
    key,
    kind: 'LLMProvider',
    name: 'vendor',
    dialect: 'OpenAI',
    endpoint: `https://vendor.example/${'x'.repeat(bytes)}`,
    credentials: { kind: 'none' },
    headers: [],
    models: [],
  } as const
  const snapshot = {
    version: 1,
    digest: digestOf(digit),
    policies: [],
    providers: { [key]: provider },
  } as const
  const secrets = [{ id: 'shop/keys/vendor', version: credentials, value: 'sk-sample' }]
  const frames = { credentials: { kind: 'credentials', secrets }, snapshot: { kind: 'snapshot', snapshot } }
  return {
    snapshot,
    snapshotLine: Buffer.from(`${JSON.stringify(frames.snapshot)}\n`),
    credentialsLine: Buffer.from(credentials === undefined ? '' : `${JSON.stringify(frames.credentials)}\n`),
    credentialsVersion: credentials ?? '',
  }
}

/** What the pods of `shop` run: the same for all of these. */
export function samplePlan(pods: readonly string[], assignment: Assignment) {
  const entries = pods.map(pod => [samplePod(pod).uid, assignment] as const)
  return { namespace: 'shop', assignments: new Map(entries) }
}
