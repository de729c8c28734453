// Resources for tests, written short and parsed like any other.
import { parseResource } from './resources/parse-resource.ts'
import { formatProblem } from './resources/problem.ts'
import { apiVersion, type Resource } from './resources/resource.ts'

type Fields = Readonly<Record<string, unknown>>

/** A resource as a file would hold it. */
export function document(kind: string, metadata: Fields, spec: Fields): Fields {
  return { apiVersion, kind, metadata, spec }
}

/** @throws Error with every problem when the resource is refused. */
export function resource(kind: string, metadata: Fields, spec: Fields): Resource {
  const parsed = parseResource(document(kind, metadata, spec))
  if (parsed.kind === 'ok') return parsed.resource
  throw new Error(parsed.problems.map(formatProblem).join('\n'))
}

export function provider(name: string, spec: Fields = {}): Resource {
  return resource('LLMProvider', { name }, { dialect: 'OpenAI', ...spec })
}

export function policy(name: string, spec: Fields, metadata: Fields = {}): Resource {
  return resource('FallbackPolicy', { name, ...metadata }, spec)
}

export function clusterPolicy(name: string, spec: Fields, metadata: Fields = {}): Resource {
  return resource('ClusterFallbackPolicy', { name, ...metadata }, spec)
}

/** A policy with one route over this chain. */
export function chainPolicy(chain: readonly Fields[], route: Fields = {}): Resource {
  return policy('p', { routes: [{ name: 'r', ...route, chain }] })
}

/** A step with a target at provider `openai`, unless the fields say otherwise. */
export function target(name: string, fields: Fields = {}, targetFields: Fields = {}): Fields {
  return { name, target: { providerRef: { name: 'openai' }, model: 'm', ...targetFields }, ...fields }
}

export function manual(name: string, fields: Fields = {}): Fields {
  return { name, manual: { text: 'sorry' }, ...fields }
}
