// What is wrong with a resource, in words that its writer can act on. Never repeats a value that could be a secret.

/** Where a document came from. */
export interface ResourceSource {
  readonly file: string
  /** Position within the file, 0 = the first document. */
  readonly document: number
}

export interface ResourceProblem {
  /** `FallbackPolicy support/copilot`; the kind alone when the object has no name. */
  readonly object: string
  /** `spec.routes[0].chain[1].when[0]`; empty when the whole object is meant. */
  readonly path: string
  /** What is expected, and the likely intention of a near miss. */
  readonly message: string
  /** What was given, as text and cut short; only for enums, numbers, durations and names. */
  readonly value?: string
  readonly source?: ResourceSource
}

/** A problem of an object that somebody else names: what a rule returns. */
export interface Finding {
  readonly path: string
  readonly message: string
  readonly value?: unknown
}

export type PathSegment = string | number

const maxShownLength = 80

/** One line: `policy.yaml#2: FallbackPolicy support/copilot: spec.priority: a whole number is expected (given "high")`. */
export function formatProblem(problem: ResourceProblem): string {
  const { source } = problem
  const where = source === undefined ? [] : [formatSource(source)]
  return `${[...where, problem.object].join(': ')}: ${formatWithin(problem)}`
}

/** `policy.yaml#2`: the second document of that file. */
export function formatSource({ file, document }: ResourceSource): string {
  return `${file}#${document + 1}`
}

/** The same for readers who know the object: `spec.priority: a whole number is expected (given "high")`. */
export function formatWithin({ path, message, value }: ResourceProblem): string {
  const given = value === undefined ? '' : ` (given ${value})`
  return `${path === '' ? '' : `${path}: `}${message}${given}`
}

/** `['spec', 'routes', 0, 'name']` → `spec.routes[0].name`; keys that are not plain words stand in brackets and quotes. */
export function formatPath(segments: readonly PropertyKey[]): string {
  let path = ''
  for (const segment of segments) {
    if (typeof segment === 'number') path += `[${segment}]`
    else if (/^[A-Za-z_$][\w$]{0,79}$/.test(String(segment))) {
      path += path === '' ? String(segment) : `.${String(segment)}`
    } else path += `[${showValue(String(segment))}]`
  }
  return path
}

/** Controls, and blanks that look like a plain one or like nothing: a text pasted from a page has them, and nobody sees them. */
const unseen = /[\x7f-\xa0\xad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]/g

/** A value as a message may repeat it: one line, no control characters, cut short. */
export function showValue(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  if (typeof value !== 'string') return String(value).slice(0, maxShownLength)
  const text = value.length > maxShownLength ? `${value.slice(0, maxShownLength)}…` : value
  return JSON.stringify(text).replaceAll(
    unseen,
    letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** `FallbackPolicy support/copilot`, or `ClusterLLMProvider shared`. */
export function nameObject(
  kind: string,
  metadata: { readonly name: string; readonly namespace?: string },
): string {
  return metadata.namespace === undefined
    ? `${kind} ${metadata.name}`
    : `${kind} ${metadata.namespace}/${metadata.name}`
}

/** Puts the object's name, and where it was read, on what a rule found. */
export function toProblem(object: string, finding: Finding, source?: ResourceSource): ResourceProblem {
  return {
    object,
    path: finding.path,
    message: finding.message,
    ...(finding.value === undefined ? {} : { value: showValue(finding.value) }),
    ...(source === undefined ? {} : { source }),
  }
}
