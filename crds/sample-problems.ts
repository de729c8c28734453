// How the tests of one object ask for its problems.

import { parseResource } from './resources/parse-resource.ts'
import { formatProblem } from './resources/problem.ts'
import { document, target } from './sample-resources.ts'

type Fields = Readonly<Record<string, unknown>>

export function problemsOf(value: unknown): readonly string[] {
  const parsed = parseResource(value)
  return parsed.kind === 'ok' ? [] : parsed.problems.map(formatProblem)
}

export function policyProblems(spec: Fields): readonly string[] {
  return problemsOf(document('FallbackPolicy', { name: 'p', namespace: 'n' }, spec))
}

export function routeProblems(route: Fields): readonly string[] {
  return policyProblems({ routes: [{ name: 'r', chain: [target('a')], ...route }] })
}

export function stepProblems(step: Fields): readonly string[] {
  return routeProblems({ chain: [target('a'), step] })
}

export function providerProblems(spec: Fields, kind = 'LLMProvider'): readonly string[] {
  return problemsOf(document(kind, { name: 'x' }, { dialect: 'OpenAI', ...spec }))
}
