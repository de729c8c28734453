// The way out: builds a request from scratch, authorizes it and puts it on the wire. The only room that knows undici.
import type { CompiledProvider } from '../../crds/snapshot/policy-snapshot.ts'
import type { ProviderCall, ProviderPort, ProviderResult } from '../chain/ports.ts'
import { classifyThrown } from '../failure/classify-thrown.ts'
import type { Confidential } from '../failure/confidential.ts'
import type { Failure } from '../failure/failure.ts'
import { credentialHeader } from './authorize.ts'
import type { CredentialResult, Credentials } from './credentials.ts'
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
  const maxBodyBytes = options.maxBodyBytes ?? defaultMaxBodyBytes
  const fixedHeaders = {
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
        const wire = new WireCall({ signal, maxBodyBytes, settle })
        try {
          pools.for(call.provider, call.connectTimeoutMs).dispatch(
            {
              method: 'POST',
              path: pathOf(call),
              headers: { ...fixedHeaders, ...headersOf(call), ...authorization(call, credential) },
              body: call.body,
            },
            wire,
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

/** The path of the endpoint and of the call, joined. The origin is the endpoint's: no call can name another host. */
function pathOf({ provider, path }: ProviderCall): string {
  const { pathname } = new URL(provider.endpoint)
  return pathname === '/' ? path : `${pathname.replace(/\/$/, '')}${path}`
}

function headersOf({ provider, headers }: ProviderCall): Readonly<Record<string, string>> {
  if (provider.headers.length === 0) return headers
  const merged: Record<string, string> = { ...headers }
  for (const { name, value } of provider.headers) merged[name] = value
  return merged
}

function authorization(call: ProviderCall, credential: CredentialResult): Readonly<Record<string, string>> {
  const key = keyOf(call, credential)
  if (key === undefined) return {}
  const [name, value] = credentialHeader(call.provider, key)
  return { [name]: value }
}

/** The caller's own key goes out only where the provider asks for it. */
function keyOf(call: ProviderCall, credential: CredentialResult): Confidential | undefined {
  if (credential.kind === 'found') return credential.key
  return call.provider.credentials.kind === 'caller' ? call.callerCredential : undefined
}
