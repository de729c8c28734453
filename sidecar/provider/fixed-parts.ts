// Where a call goes and what each call to that provider carries, worked out once for each provider of a snapshot.
import type { CompiledProvider } from '../../crds/snapshot/policy-snapshot.ts'
import type { CredentialScheme } from '../dialect/provider-binding.ts'
import { bindingOf } from '../dialect/registry.ts'

export interface FixedParts {
  /** Path of the endpoint without a trailing slash; empty for the root. */
  readonly pathPrefix: string
  readonly headers: Readonly<Record<string, string>>
  readonly scheme: CredentialScheme
}

export class FixedPartsMemory {
  readonly #known = new WeakMap<CompiledProvider, FixedParts>()

  of(provider: CompiledProvider): FixedParts {
    const known = this.#known.get(provider)
    if (known !== undefined) return known
    const parts = readFixedParts(provider)
    this.#known.set(provider, parts)
    return parts
  }
}

function readFixedParts({ dialect, endpoint, headers }: CompiledProvider): FixedParts {
  return {
    pathPrefix: new URL(endpoint).pathname.replace(/\/+$/, ''),
    headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
    scheme: bindingOf(dialect).credential(endpoint),
  }
}
