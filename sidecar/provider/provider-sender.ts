// The way out: builds a request from scratch, authorizes it and puts it on the wire. The only room that knows undici.
import type { CompiledProvider } from '../../crds/snapshot/policy-snapshot.ts'
import type { ProviderCall, ProviderPort, ProviderResult } from '../chain/ports.ts'
import { classifyThrown } from '../failure/classify-thrown.ts'
import type { Confidential } from '../failure/confidential.ts'
import type { Failure } from '../failure/failure.ts'
import { credentialHeader } from './authorize.ts'
import type { CredentialResult, Credentials } from './credentials.ts'
import { FixedPartsMemory } from './fixed-parts.ts'
import { type Resolve, systemResolve } from './guarded-lookup.ts'
import { Pools } from './pools.ts'
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
  const pools = new Pools(options.resolve ?? systemResolve)
  const fixedParts = new FixedPartsMemory()
  const maxBodyBytes = options.maxBodyBytes ?? defaultMaxBodyBytes
  const ownHeaders = {
    'content-type': 'application/json',
    // Plain bytes: an answer is looked into as it comes.
    'accept-encoding': 'identity',
    'user-agent': `llm-fallback/${options.version}`,
  }
  return {
    send(call, signal) {
      if (signal.aborted)
        return Promise.resolve(unsent({ kind: 'ConnectError', detail: 'the call was aborted' }))
      const credential = options.credentials.find(call.provider)
      if (credential.kind === 'missing') return Promise.resolve(unsent(credential.failure))
      return new Promise(settle => {
        try {
          const { pathPrefix, headers } = fixedParts.of(call.provider)
          const pool = pools.for(call.provider, call.connectTimeoutMs)
          pool.dispatch(
            {
              method: 'POST',
              path: `${pathPrefix}${call.path}`,
              headers: authorize({ ...ownHeaders, ...call.headers, ...headers }, call, credential),
              body: call.body,
            },
            new WireCall({ signal, maxBodyBytes, settle }),
          )
        } catch (cause) {
          settle(unsent(classifyThrown(cause)))
        }
      })
    },
    missingCredential(provider: CompiledProvider): Failure | undefined {
      const found = options.credentials.find(provider)
      return found.kind === 'missing' ? found.failure : undefined
    },
    close: () => pools.close(),
  }
}

function unsent(failure: Failure): ProviderResult {
  return { kind: 'failed', failure: { ...failure, promptSent: 'none' } }
}

/** Comes last: no other header may stand where the key goes. */
function authorize(
  headers: Record<string, string>,
  call: ProviderCall,
  credential: CredentialResult,
): Record<string, string> {
  const key = keyOf(call, credential)
  if (key === undefined) return headers
  const [name, value] = credentialHeader(call.provider, key)
  headers[name] = value
  return headers
}

/** The caller's own key goes out only where the provider asks for it. */
function keyOf(call: ProviderCall, credential: CredentialResult): Confidential | undefined {
  if (credential.kind === 'found') return credential.key
  return call.provider.credentials.kind === 'caller' ? call.callerCredential : undefined
}
