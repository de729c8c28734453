// Keys from files, from variables and from the operator. A file that changes is picked up within seconds; a key that cannot be
// had is a failure of its target and a warning, never a request without it.
import { readFileSync, type Stats, statSync } from 'node:fs'
import type { CompiledCredentials, CompiledProvider, SecretId } from '../../crds/snapshot/policy-snapshot.ts'
import { errorCode } from '../error-code.ts'
import { Confidential } from '../failure/confidential.ts'
import type { Failure } from '../failure/failure.ts'
import type { Clock } from '../resilience/clock.ts'
import type { PushedSecrets } from './pushed-secrets.ts'
import { readKey } from './read-key.ts'
import { isServiceAccountToken } from './service-account-token.ts'

export interface Credentials {
  /** The key of a provider; undefined when it names none or its key is the caller's. */
  find(provider: CompiledProvider): CredentialResult
  /** After a provider refused this key: another version to ask with once, where there is one. */
  alternative(provider: CompiledProvider, refused: Confidential): Confidential | undefined
  /** Where the key is missing and may be on its way: resolves when it has come, or has had its time. */
  arrival(provider: CompiledProvider): Promise<void> | undefined
  /** Every key seen so far, for masking. Earlier versions of a rotated key are among them. */
  all(): readonly Confidential[]
}

export type CredentialResult =
  | { readonly kind: 'none' }
  | { readonly kind: 'found'; readonly key: Confidential }
  | { readonly kind: 'missing'; readonly failure: Failure }

export interface CredentialWarning {
  readonly provider: string
  /** The file, the variable or the name of the Secret, never what is in it. */
  readonly source: string
  readonly problem: string
}

export interface CredentialsOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** `operator`: others than the owner of the pod may write it, so it may not name the pod's own tokens. Default `folder`. */
  readonly policyFrom?: 'folder' | 'operator'
  /** What the operator hands over; absent where there is none. */
  readonly pushed?: PushedSecrets
  /** Told once for each change from good to bad. */
  readonly onWarning: (warning: CredentialWarning) => void
}

type SourcedCredentials = Extract<CompiledCredentials, { kind: 'file' | 'env' }>

interface Reading {
  readonly checkedAt: number
  /** Changes when the file does. */
  readonly version: string
  readonly result: Confidential | string
}

/** How old a look at a key file may be. */
const freshForMs = 1000
const maxKeyBytes = 64 * 1024
/** Old keys that are still masked after a rotation. */
const maxRemembered = 1000

export function createCredentials(options: CredentialsOptions): Credentials {
  const readings = new Map<string, Reading>()
  const seen = new Map<string, Confidential>()
  const findPushed = createPushedLookup(options)
  const { pushed } = options

  const look = (credentials: SourcedCredentials): Reading => {
    const name = sourceOf(credentials)
    const known = readings.get(name)
    const now = options.clock.now()
    if (known !== undefined && (credentials.kind === 'env' || now - known.checkedAt < freshForMs))
      return known
    const reading = read(credentials, { ...options, known, now })
    readings.set(name, reading)
    if (reading.result instanceof Confidential) remember(seen, reading.result)
    return reading
  }

  return {
    find(provider) {
      const { credentials } = provider
      if (credentials.kind === 'none' || credentials.kind === 'caller') return { kind: 'none' }
      if (credentials.kind === 'secret') return findPushed(provider.name, credentials.id)
      const source = sourceOf(credentials)
      const before = readings.get(source)
      const { result } = look(credentials)
      if (result instanceof Confidential) return { kind: 'found', key: result }
      if (before?.result !== result) options.onWarning({ provider: provider.name, source, problem: result })
      return missing
    },
    alternative({ credentials }, refused) {
      return credentials.kind === 'secret' ? pushed?.alternative(credentials.id, refused) : undefined
    },
    arrival({ credentials }) {
      if (credentials.kind !== 'secret' || pushed === undefined) return undefined
      return typeof pushed.find(credentials.id) === 'string' ? pushed.arrival : undefined
    },
    all: () => [...seen.values(), ...(pushed?.all() ?? [])],
  }
}

const missing: CredentialResult = {
  kind: 'missing',
  failure: { kind: 'AuthFailed', detail: 'the credential is missing', promptSent: 'none' },
}

function createPushedLookup({ pushed, onWarning }: CredentialsOptions) {
  /** Problems that were told, by id; a key that comes back is forgotten here. */
  const told = new Map<SecretId, string>()
  return (provider: string, id: SecretId): CredentialResult => {
    const key = pushed?.find(id) ?? 'there is no operator that could hand it over'
    if (typeof key !== 'string') {
      if (told.size > 0) told.delete(id)
      return { kind: 'found', key }
    }
    if (told.get(id) !== key) onWarning({ provider, source: id, problem: key })
    told.set(id, key)
    return missing
  }
}

function sourceOf(credentials: SourcedCredentials): string {
  return credentials.kind === 'file' ? credentials.path : `$${credentials.name}`
}

function remember(seen: Map<string, Confidential>, key: Confidential): void {
  seen.delete(key.reveal())
  seen.set(key.reveal(), key)
  const [oldest] = seen.keys()
  if (seen.size > maxRemembered && oldest !== undefined) seen.delete(oldest)
}

interface Look extends Pick<CredentialsOptions, 'environment' | 'policyFrom'> {
  readonly known: Reading | undefined
  readonly now: number
}

function read(credentials: SourcedCredentials, look: Look): Reading {
  if (credentials.kind === 'env') {
    const result = readKey(look.environment[credentials.name] ?? '', 'the variable is not set')
    return { checkedAt: look.now, version: '', result }
  }
  try {
    const found = statSync(credentials.path)
    const { size, mtimeMs, ctimeMs, ino } = found
    const version = `${ino}:${size}:${mtimeMs}:${ctimeMs}`
    if (look.known?.version === version) return { ...look.known, checkedAt: look.now }
    return { checkedAt: look.now, version, result: readKeyFile(credentials.path, found, look) }
  } catch (cause) {
    const code = errorCode(cause)
    return { checkedAt: look.now, version: code, result: `the file cannot be read (${code})` }
  }
}

function readKeyFile(path: string, found: Stats, { policyFrom }: Look): Confidential | string {
  // Reading a pipe would wait for its writer, and everybody would wait along.
  if (!found.isFile()) return 'it is not a regular file'
  if (found.size > maxKeyBytes) return 'the file is larger than 64 KiB'
  const key = readKey(readFileSync(path, 'utf8'), 'the file is empty')
  const isOurs = typeof key !== 'string' && policyFrom === 'operator' && isServiceAccountToken(key.reveal())
  return isOurs ? 'it is a token of a ServiceAccount, which is sent to no provider' : key
}
