import { readEndpoint } from '../resources/endpoint.ts'
import type { ProviderSpec } from '../resources/llm-provider.ts'
import { toDollars } from '../resources/money.ts'
import type { Finding } from '../resources/problem.ts'
import type { CompiledCredentials, CompiledProvider, ModelFacts } from '../snapshot/policy-snapshot.ts'
import { capabilities, publicEndpoints } from '../vocabulary.ts'
import type { CompileInput, PlacedProvider } from './catalogue.ts'

/** Fields of a provider that cannot be compiled where it is to be used. */
export function findUnbuiltCredentials(
  { provider }: PlacedProvider,
  environment: CompileInput['environment'],
): readonly Finding[] {
  if (provider.spec.credentials?.secretRef === undefined) return []
  const message = environment === 'folder' ? 'not supported yet outside a cluster' : 'not supported yet'
  return [{ path: 'spec.credentials.secretRef', message }]
}

/** Complete, without the order in which things were written where that order means nothing. */
export function compileProvider({ provider, key }: PlacedProvider): CompiledProvider {
  const { spec, kind, metadata } = provider
  const { region, tls } = spec
  return {
    key,
    kind,
    name: metadata.name,
    dialect: spec.dialect,
    endpoint: endpointOf(spec),
    ...(region === undefined ? {} : { region }),
    credentials: compileCredentials(spec),
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
  const text = spec.endpoint ?? publicEndpoints[spec.dialect] ?? ''
  const reading = readEndpoint(text)
  if (reading.kind === 'endpoint') return reading.url
  throw new RangeError(`an endpoint reached the compiler unchecked: ${reading.message}`)
}

function compileCredentials({ credentials }: ProviderSpec): CompiledCredentials {
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
