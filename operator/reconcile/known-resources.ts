// Resources are parsed once a generation: a relist and the echo of a written status cost nothing.
import { type ParsedResource, parseResource } from '../../crds/resources/parse-resource.ts'
import type { StoredResource } from './ports.ts'

export interface KnownResource {
  readonly stored: StoredResource
  /** The same object as long as the generation is the same. */
  readonly parsed: ParsedResource
}

export class KnownResources {
  /** By UID. */
  readonly #parsed = new Map<string, { readonly stamp: string; readonly parsed: ParsedResource }>()

  know(stored: StoredResource): KnownResource {
    const stamp = stampOf(stored)
    const before = this.#parsed.get(stored.uid)
    if (before?.stamp === stamp) return { stored, parsed: before.parsed }
    const parsed = parseResource(stored.object)
    this.#parsed.set(stored.uid, { stamp, parsed })
    return { stored, parsed }
  }

  /** The object is gone. */
  forget(uid: string): void {
    this.#parsed.delete(uid)
  }
}

/** Whether the specs of the two are the same. */
export function isSameSpec(one: StoredResource, other: StoredResource): boolean {
  return one.uid === other.uid && stampOf(one) === stampOf(other)
}

/** A writer of statuses leaves the generation alone. Without one every version counts. */
function stampOf({ generation, resourceVersion }: StoredResource): string {
  return generation > 0 ? `generation ${generation}` : `version ${resourceVersion}`
}
