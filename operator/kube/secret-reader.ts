// The Secrets that providers name, each followed by its own watch: a role that grants single names allows no more than that.
import type { SecretId } from '../../crds/snapshot/policy-snapshot.ts'
import type { Cancel, SecretLookup, SecretReader } from '../reconcile/ports.ts'
import { hasStatus } from './api-error.ts'
import type { ReflectorParts } from './readers.ts'
import { healthOf, type ReflectorHealth } from './readers.ts'
import { Reflector } from './reflector.ts'
import type { ReflectorEvent } from './reflector-options.ts'
import { fieldsOf, headOf, textsOf } from './untrusted.ts'

/** As the API server holds it: values in base64. */
interface HeldSecret {
  readonly version: string
  readonly data: Readonly<Record<string, string>>
}

interface Watched {
  readonly reflector: Reflector<HeldSecret>
  access: 'unknown' | 'granted' | 'denied'
}

export interface RunningSecretReader extends SecretReader {
  stop(): Promise<void>
  health(): readonly ReflectorHealth[]
}

export interface SecretGrant {
  /** Those that the operator may read Secrets of; ids elsewhere are `RefNotPermitted` and never asked for. */
  readonly namespaces: ReadonlySet<string>
  /** `namespace/name` of the operator's own keys: they are nobody's credential, whatever it may read. */
  readonly withheld: string
}

export function createSecretReader(parts: ReflectorParts, grant: SecretGrant): RunningSecretReader {
  return new WatchedSecrets(parts, grant)
}

class WatchedSecrets implements RunningSecretReader {
  readonly #parts: ReflectorParts
  readonly #grant: SecretGrant
  /** By `namespace/name`. */
  readonly #watched = new Map<string, Watched>()
  readonly #listeners = new Set<(secret: string) => void>()
  readonly #ending = new Set<Promise<void>>()

  constructor(parts: ReflectorParts, grant: SecretGrant) {
    this.#parts = parts
    this.#grant = grant
  }

  watch(ids: ReadonlySet<SecretId>): void {
    const wanted = new Set<string>()
    for (const id of ids) {
      const { namespace, name } = partsOf(id)
      if (this.#mayRead(namespace, name) && name !== '') wanted.add(`${namespace}/${name}`)
    }
    for (const secret of [...this.#watched.keys()]) if (!wanted.has(secret)) this.#end(secret)
    for (const secret of wanted) if (!this.#watched.has(secret)) this.#begin(secret)
  }

  find(id: SecretId): SecretLookup {
    const { namespace, name, key } = partsOf(id)
    if (!this.#mayRead(namespace, name)) return { kind: 'RefNotPermitted' }
    const watched = this.#watched.get(`${namespace}/${name}`)
    if (watched?.access === 'denied') return { kind: 'RefNotPermitted' }
    if (watched === undefined || !watched.reflector.store.hasSynced()) return { kind: 'pending' }
    const held = watched.reflector.store.find(namespace, name)
    if (held === undefined) return { kind: 'SecretNotFound' }
    const encoded = Object.hasOwn(held.data, key) ? held.data[key] : undefined
    const value = Buffer.from(encoded ?? '', 'base64').toString('utf8')
    // Nothing but blanks is what is left when the key was not there where the Secret was made from.
    if (value.trim() === '') return { kind: 'SecretKeyMissing' }
    return { kind: 'found', version: held.version, value }
  }

  onChange(listener: (secret: string) => void): Cancel {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async stop(): Promise<void> {
    for (const secret of [...this.#watched.keys()]) this.#end(secret)
    await Promise.all(this.#ending)
  }

  health(): readonly ReflectorHealth[] {
    return [...this.#watched.values()].map(({ reflector }) => healthOf(reflector))
  }

  #mayRead(namespace: string, name: string): boolean {
    return this.#grant.namespaces.has(namespace) && `${namespace}/${name}` !== this.#grant.withheld
  }

  #begin(secret: string): void {
    const { namespace, name } = partsOf(secret)
    const reflector = new Reflector<HeldSecret>({
      ...this.#parts,
      collection: {
        path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`,
        query: { fieldSelector: `metadata.name=${name}` },
      },
      project: projectSecret,
      report: event => this.#heard(secret, event),
    })
    this.#watched.set(secret, { reflector, access: 'unknown' })
    // Before the first list is complete there is nothing to tell: `heard` tells once it is.
    reflector.store.onChange(() => {
      if (reflector.store.hasSynced()) this.#tell(secret)
    })
    reflector.start()
  }

  #end(secret: string): void {
    const watched = this.#watched.get(secret)
    if (watched === undefined) return
    this.#watched.delete(secret)
    const ending: Promise<void> = watched.reflector.stop().finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
  }

  #heard(secret: string, event: ReflectorEvent): void {
    this.#parts.report(event)
    const watched = this.#watched.get(secret)
    if (watched === undefined) return
    if (event.kind === 'listed' && watched.access !== 'granted') {
      watched.access = 'granted'
      this.#tell(secret)
    }
    if (event.kind === 'failed' && hasStatus(event.error, 403) && watched.access !== 'denied') {
      watched.access = 'denied'
      // The right to read it is gone, so what was read goes as well.
      watched.reflector.forget()
      this.#tell(secret)
    }
  }

  #tell(secret: string): void {
    for (const listener of [...this.#listeners]) listener(secret)
  }
}

function projectSecret(object: unknown): HeldSecret | undefined {
  const head = headOf(object)
  return head && { version: head.resourceVersion, data: textsOf(fieldsOf(object)['data']) }
}

/** The key is empty in the name of a Secret alone. */
function partsOf(id: string): { readonly namespace: string; readonly name: string; readonly key: string } {
  const [namespace = '', name = '', ...key] = id.split('/')
  return { namespace, name, key: key.join('/') }
}
