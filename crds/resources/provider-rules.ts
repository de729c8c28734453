// What a provider must obey beyond its shape. The list is the table of contents.
import { hostRegionPattern, publicEndpoints, regionalEndpoints } from '../vocabulary.ts'
import { findRepeats } from './find-repeats.ts'
import { explainProviderHeader } from './headers.ts'
import type { ClusterLLMProvider, LLMProvider } from './llm-provider.ts'
import type { Finding } from './problem.ts'

export type ProviderRule = (provider: LLMProvider | ClusterLLMProvider) => readonly Finding[]

export const providerRules: readonly ProviderRule[] = [
  endpointIsKnown,
  headersAreFreeToSet,
  headerNamesAreUnique,
  tlsNeedsHttps,
  modelNamesAreUnique,
]

function endpointIsKnown({ spec }: LLMProvider | ClusterLLMProvider): readonly Finding[] {
  if (spec.endpoint !== undefined || publicEndpoints[spec.dialect] !== undefined) return []
  if (regionalEndpoints[spec.dialect] !== undefined) {
    if (spec.region !== undefined && new RegExp(hostRegionPattern).test(spec.region)) return []
    return [
      { path: 'spec.endpoint', message: `required for ${spec.dialect} without a region of the vendor's` },
    ]
  }
  return [{ path: 'spec.endpoint', message: `required for ${spec.dialect}, which has no public one` }]
}

function headersAreFreeToSet({ spec }: LLMProvider | ClusterLLMProvider): readonly Finding[] {
  return (spec.headers ?? []).flatMap(({ name }, index) => {
    const message = explainProviderHeader(name)
    return message === undefined ? [] : [{ path: `spec.headers[${index}].name`, message, value: name }]
  })
}

function headerNamesAreUnique({ spec }: LLMProvider | ClusterLLMProvider): readonly Finding[] {
  const names = (spec.headers ?? []).map(({ name }) => ({ name: name.toLowerCase() }))
  return findRepeats(names).map(index => ({
    path: `spec.headers[${index}].name`,
    message: 'header names are unique, whatever their case',
    value: spec.headers?.[index]?.name,
  }))
}

function tlsNeedsHttps({ spec }: LLMProvider | ClusterLLMProvider): readonly Finding[] {
  const isPlain = spec.endpoint?.toLowerCase().startsWith('http:') === true
  return spec.tls !== undefined && isPlain ? [{ path: 'spec.tls', message: 'needs an https endpoint' }] : []
}

function modelNamesAreUnique({ spec }: LLMProvider | ClusterLLMProvider): readonly Finding[] {
  const models = spec.models ?? []
  return findRepeats(models).map(index => ({
    path: `spec.models[${index}].name`,
    message: 'model names are unique within a provider',
    value: models[index]?.name,
  }))
}
