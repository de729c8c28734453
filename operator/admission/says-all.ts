// Whether what the API server holds is what was applied: it adds fields of its own, and defaults.

/** Every field of `wanted` stands in `stored` with the same value; lists have the same length and order. */
export function saysAll(stored: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(stored) || stored.length !== wanted.length) return false
    return wanted.every((item, index) => saysAll(stored[index], item))
  }
  if (typeof wanted !== 'object' || wanted === null) return Object.is(stored, wanted)
  if (typeof stored !== 'object' || stored === null) return false
  return Object.entries(wanted).every(([name, value]) => saysAll(Reflect.get(stored, name), value))
}
