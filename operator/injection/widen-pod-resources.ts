// A pod may say what all of its containers need together, and Kubernetes refuses one whose containers ask for more. What the sidecar
// needs comes on top, so that the app keeps what it was given.
import { type JsonPatch, type PatchOperation, pointer } from './json-patch.ts'
import type { ContainerResources } from './parse-resources.ts'
import { type Fields, fieldsOf, memberOf, textOf } from './untrusted.ts'

export function widenPodResources({ resources }: Fields, sidecar: ContainerResources): JsonPatch {
  const pod = fieldsOf(resources)
  return (['requests', 'limits'] as const).flatMap(part =>
    Object.entries(sidecar[part]).flatMap(([name, needed]): readonly PatchOperation[] => {
      const sum = addQuantities(memberOf(fieldsOf(pod[part]), name), needed)
      return sum === undefined
        ? []
        : [{ op: 'add', path: pointer('spec', 'resources', part, name), value: sum }]
    }),
  )
}

/** Undefined when one of them is no quantity: then there is nothing to add to. */
function addQuantities(one: unknown, other: string): string | undefined {
  const sum = amountOf(one) + amountOf(other)
  if (Number.isNaN(sum)) return undefined
  // The tolerance is for the way in which tenths are kept.
  return Number.isInteger(sum) ? String(sum) : `${Math.ceil(sum * 1000 - 1e-6)}m`
}

const quantity = /^(\d+\.?\d*|\.\d+)(?:([eE][+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i)?)$/
const decimal: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
}
const binary: readonly string[] = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
function amountOf(value: unknown): number {
  const text = typeof value === 'number' ? String(value) : textOf(value)
  const [, digits, exponent = '', unit = ''] = quantity.exec(text) ?? []
  if (digits === undefined) return Number.NaN
  if (binary.includes(unit)) return Number(digits) * 1024 ** (binary.indexOf(unit) + 1)
  return Number(`${digits}${exponent || `e${decimal[unit] ?? 0}`}`)
}
