// The way out: builds a request from scratch, authorizes it and puts it on the wire. The only room that knows undici.
import type { CompiledProvider } from '../../crds/snapshot/policy-snapshot.ts'
import type { ProviderCall, ProviderPort, ProviderResult } from '../chain/ports.ts'
import { classifyThrown } from '../failure/classify-thrown.ts'
import type { Confidential } from '../failure/confidential.ts'
import type { Failure } from '../failure/failure.ts'
import type { CancelSignal } from '../resilience/cancellation.ts'
import { credentialHeader } from './authorize.ts'
import { readAwsKeys } from './aws-credential.ts'
import type { CredentialResult, Credentials } from './credentials.ts'
import { FixedPartsMemory } from './fixed-parts.ts'
import { type Resolve, systemResolve } from './guarded-lookup.ts'
import { Pools } from './pools.ts'
import { type RequestLines, signCall } from './sign-call.ts'
import { WireCall } from './wire-call.ts'

export interface ProviderSender extends ProviderPort {
  /** Ends every connection. */
  close(): Promise<void>
}

export interface ProviderSenderOptions {
  readonly credentials: Credentials
  /** Of this program, for `user-agent`. */
  readonly version: string
  /** Largest answer body, streams included. */
  readonly maxBodyBytes?: number
  /** How names are resolved; tests bring their own. */
  readonly resolve?: Resolve
}

const defaultMaxBodyBytes = 256 * 1024 * 1024

export function createProviderSender(options: ProviderSenderOptions): ProviderSender {
  const { credentials } = options
  const wire = createWire(options)
  return {
    send(call, signal) {
      if (signal.aborted) return Promise.resolve(unsent(aborted))
      const credential = credentials.find(call.provider)
      if (credential.kind === 'missing') return Promise.resolve(unsent(credential.failure))
      const key = keyOf(call, credential)
      const sent = wire.send(call, key, signal)
      if (key === undefined || call.provider.credentials.kind !== 'secret') return sent
      return sent.then(result => {
        const other = wasRefused(result) ? credentials.alternative(call.provider, key) : undefined
        if (other === undefined || result.kind === 'failed' || signal.aborted) return result
        result.body.abort()
        return wire.send(call, other, signal)
      })
    },
    missingCredential(provider: CompiledProvider): Failure | undefined {
      const found = credentials.find(provider)
      return found.kind === 'missing' ? found.failure : undefined
    },
    credentialArrival: provider => credentials.arrival(provider),
    close: () => wire.close(),
  }
}

interface Wire {
  send(call: ProviderCall, key: Confidential | undefined, signal: CancelSignal): Promise<ProviderResult>
  close(): Promise<void>
}

function createWire(options: ProviderSenderOptions): Wire {
  const pools = new Pools(options.resolve ?? systemResolve)
  const fixedParts = new FixedPartsMemory()
  const maxBodyBytes = options.maxBodyBytes ?? defaultMaxBodyBytes
  const ownHeaders = {
    'content-type': 'application/json',
    // Plain bytes: an answer is looked into as it comes.
    'accept-encoding': 'identity',
    'user-agent': `llm-fallback/${options.version}`,
  }
  const dispatch = (call: ProviderCall, head: RequestLines, signal: CancelSignal): Promise<ProviderResult> =>
    new Promise(settle => {
      try {
        const pool = pools.for(call.provider, call.connectTimeoutMs)
        pool.dispatch(
          { method: 'POST', ...head, body: call.body },
          new WireCall({ signal, maxBodyBytes, settle }),
        )
      } catch (cause) {
        settle(unsent(classifyThrown(cause)))
      }
    })
  return {
    send(call, key, signal) {
      const { pathPrefix, headers, scheme } = fixedParts.of(call.provider)
      const lines: Record<string, string> = { ...ownHeaders, ...call.headers, ...headers }
      const head = { path: `${pathPrefix}${call.path}`, headers: lines }
      if (key === undefined) return dispatch(call, head, signal)
      const keys = scheme.kind === 'aws' ? readAwsKeys(key) : undefined
      if (scheme.kind === 'aws' && keys !== undefined) {
        const { service } = scheme
        return signCall(call, head, { keys, service }).then(signed =>
          signed.kind === 'signed' && !signal.aborted
            ? dispatch(call, { ...head, headers: signed.headers }, signal)
            : unsent(signed.kind === 'signed' ? aborted : signed.failure),
        )
      }
      // Comes last: no other header may stand where the key goes.
      const [name, value] = credentialHeader(scheme, key)
      lines[name] = value
      return dispatch(call, head, signal)
    },
    close: () => pools.close(),
  }
}

const aborted: Failure = { kind: 'ConnectError', detail: 'the call was aborted' }

/** By its status alone: around a rotation the key may be one that the provider does not know yet, or no longer. */
function wasRefused(result: ProviderResult): boolean {
  return result.kind === 'answered' && result.status === 401
}

function unsent(failure: Failure): ProviderResult {
  return { kind: 'failed', failure: { ...failure, promptSent: 'none' } }
}

/** The caller's own key goes out only where the provider asks for it. */
function keyOf(call: ProviderCall, credential: CredentialResult): Confidential | undefined {
  if (credential.kind === 'found') return credential.key
  return call.provider.credentials.kind === 'caller' ? call.callerCredential : undefined
}
