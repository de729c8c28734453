// Versions of objects are decimal numbers of any length that grow with every write (promised since Kubernetes 1.35, true
// long before); a server that breaks the habit makes them incomparable, never wrongly ordered.

const decimal = /^[1-9][0-9]*$/

/** Negative, zero or positive as with `sort`; undefined when one of them is no decimal number. */
export function compareVersions(one: string, other: string): number | undefined {
  if (!decimal.test(one) || !decimal.test(other)) return undefined
  if (one.length !== other.length) return one.length - other.length
  return one === other ? 0 : one < other ? -1 : 1
}

/** True only when both can be compared and `one` is the later. */
export function isLater(one: string, other: string): boolean {
  return (compareVersions(one, other) ?? 0) > 0
}
