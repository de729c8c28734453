import { readEndpoint } from '../resources/endpoint.ts'
import type { ProviderSpec } from '../resources/llm-provider.ts'
import { toDollars } from '../resources/money.ts'
import type {
  CompiledCredentials,
  CompiledProvider,
  ModelFacts,
  SecretId,
} from '../snapshot/policy-snapshot.ts'
import { capabilities, publicEndpoints, regionalEndpoints } from '../vocabulary.ts'
import type { PlacedProvider } from './placed.ts'

/** Complete, without the order in which things were written where that order means nothing. */
export function compileProvider(placed: PlacedProvider): CompiledProvider {
  const { provider, key } = placed
  const { spec, kind, metadata } = provider
  const { region, tls } = spec
  return {
    key,
    kind,
    name: metadata.name,
    dialect: spec.dialect,
    endpoint: endpointOf(spec),
    ...(region === undefined ? {} : { region }),
    credentials: compileCredentials(placed),
    headers: (spec.headers ?? [])
      .map(({ name, value }) => ({ name: name.toLowerCase(), value }))
      .sort(byName),
    ...(tls === undefined ? {} : { tls }),
    models: (spec.models ?? []).map(compileModel).sort(byName),
  }
}

/** Facts about one model; undefined when the provider does not list it. */
export function findModelFacts(spec: ProviderSpec, name: string): ModelFacts | undefined {
  const model = spec.models?.find(candidate => candidate.name === name)
  return model === undefined ? undefined : compileModel(model)
}

function endpointOf(spec: ProviderSpec): string {
  const text =
    spec.endpoint ??
    publicEndpoints[spec.dialect] ??
    regionalEndpoints[spec.dialect]?.(spec.region ?? '') ??
    ''
  const reading = readEndpoint(text)
  if (reading.kind === 'endpoint') return reading.url
  throw new RangeError(`an endpoint reached the compiler unchecked: ${reading.message}`)
}

/** The key in a Secret that a provider needs, if it needs one. */
export function secretIdOf({ provider, secretNamespace }: PlacedProvider): SecretId | undefined {
  const secretRef = provider.spec.credentials?.secretRef
  return secretRef === undefined ? undefined : `${secretNamespace}/${secretRef.name}/${secretRef.key}`
}

function compileCredentials(placed: PlacedProvider): CompiledCredentials {
  const { credentials } = placed.provider.spec
  const id = secretIdOf(placed)
  if (id !== undefined) return { kind: 'secret', id }
  if (credentials?.file !== undefined) return { kind: 'file', path: credentials.file.path }
  if (credentials?.env !== undefined) return { kind: 'env', name: credentials.env.name }
  return { kind: credentials?.caller === undefined ? 'none' : 'caller' }
}

function compileModel(model: NonNullable<ProviderSpec['models']>[number]): ModelFacts {
  const { name, contextWindow, maxOutputTokens, price } = model
  return {
    name,
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(price === undefined ? {} : { price: compilePrice(price) }),
    ...(model.capabilities === undefined
      ? {}
      : { capabilities: capabilities.filter(capability => model.capabilities?.includes(capability)) }),
  }
}

function compilePrice(
  price: NonNullable<NonNullable<ProviderSpec['models']>[number]['price']>,
): NonNullable<ModelFacts['price']> {
  const { inputPerMillion, cachedInputPerMillion, outputPerMillion } = price
  return {
    input: toDollars(inputPerMillion),
    ...(cachedInputPerMillion === undefined ? {} : { cachedInput: toDollars(cachedInputPerMillion) }),
    output: toDollars(outputPerMillion),
  }
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : 1
}
