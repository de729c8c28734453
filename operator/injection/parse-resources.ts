// Requests and limits of the injected container, as an administrator writes them: JSON of Kubernetes' own form.

export interface ContainerResources {
  readonly requests: Readonly<Record<string, string>>
  readonly limits: Readonly<Record<string, string>>
}

/**
 * A namespace with a quota refuses pods with a container that says nothing, so all four are said. One CPU is what a program with
 * one thread for its work can use: the limit is there for the quota and holds nothing up.
 */
export const defaultResources: ContainerResources = {
  requests: { cpu: '50m', memory: '96Mi' },
  limits: { cpu: '1', memory: '256Mi' },
}

export type ResourcesReading =
  | { readonly kind: 'read'; readonly resources: ContainerResources }
  /** `expected`: what ought to stand there instead. */
  | { readonly kind: 'refused'; readonly expected: string }

const example = JSON.stringify(defaultResources)
const known = ['cpu', 'memory', 'ephemeral-storage']
const needed = { requests: ['cpu', 'memory'], limits: ['memory'] } as const

/** Never throws. What is not named has no request or limit: nothing is filled in. */
export function parseResources(text: string): ResourcesReading {
  const value = parseJson(text)
  if (!isRecord(value)) return refuse(`JSON such as ${example}`)
  const strange = Object.keys(value).find(name => name !== 'requests' && name !== 'limits')
  if (strange !== undefined) return refuse(`nothing but requests and limits, such as ${example}`)
  const requests = readQuantities('requests', value['requests'])
  if (typeof requests === 'string') return refuse(requests)
  const limits = readQuantities('limits', value['limits'])
  if (typeof limits === 'string') return refuse(limits)
  const exceeding = Object.keys(requests).find(name => amountOf(requests[name]) > amountOf(limits[name]))
  if (exceeding !== undefined) return refuse(`limits.${exceeding} of at least requests.${exceeding}`)
  return { kind: 'read', resources: { requests, limits } }
}

/** The quantities, or what is expected. */
function readQuantities(
  part: 'requests' | 'limits',
  value: unknown,
): Readonly<Record<string, string>> | string {
  if (!isRecord(value)) return `${part} as an object, such as ${example}`
  const quantities: Record<string, string> = {}
  for (const [name, quantity] of Object.entries(value)) {
    if (!known.includes(name)) return `in ${part} nothing but ${known.join(', ')}`
    if (typeof quantity !== 'string' || !(amountOf(quantity) > 0)) {
      return `${part}.${name} as a quantity in quotation marks, such as "50m" or "96Mi"`
    }
    quantities[name] = quantity
  }
  const missing = needed[part].find(name => !Object.hasOwn(quantities, name))
  return missing === undefined ? quantities : `${part}.${missing}, such as in ${example}`
}

const units: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

/** Without a quantity there is no bound; NaN for what is none. */
function amountOf(quantity: string | undefined): number {
  if (quantity === undefined) return Number.POSITIVE_INFINITY
  const [, digits = '', unit = ''] = /^(\d{1,15}(?:\.\d{1,9})?)(m|k|[KMGT]i|[MGT])?$/.exec(quantity) ?? []
  return digits === '' ? Number.NaN : Number(digits) * (units[unit] ?? Number.NaN)
}

function refuse(expected: string): ResourcesReading {
  return { kind: 'refused', expected }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
