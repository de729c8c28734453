// Vendors' paths that are known but not served: told apart from nonsense, in words that their clients can read.
import { allFormats } from '../dialect/registry.ts'
import type { ErrorShape } from './surfaces.ts'

export interface UnsupportedSurface {
  readonly name: string
  /** Absent: told in the shape of whoever asks. */
  readonly shape?: ErrorShape
}

/** The rule for this path, if it is one of a vendor's that is not served. */
export function findUnsupported(path: string): UnsupportedSurface | undefined {
  for (const format of allFormats) {
    const known = format.unserved?.find(rule => rule.path.test(path))
    if (known !== undefined) return { name: known.name, shape: format }
  }
  return undefined
}
