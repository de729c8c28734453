// What `/readyz` answers: ready is whoever knows the cluster, hears of its changes and can be reached.

export interface ReadinessFacts {
  readonly collections: readonly {
    readonly path: string
    readonly hasSynced: boolean
    readonly hasWatched: boolean
  }[]
  /** Every namespace has been decided once. */
  readonly hasDecided: boolean
  readonly isListening: boolean
  readonly isLeader: boolean
}

export interface Readiness {
  readonly isReady: boolean
  /** For people. */
  readonly text: string
}

export function describeReadiness(facts: ReadinessFacts): Readiness {
  // A Secret that cannot be read fails the providers that name it, and nothing else.
  const collections = facts.collections.filter(({ path }) => !path.includes('/secrets'))
  const unlisted = collections.filter(({ hasSynced }) => !hasSynced)
  if (unlisted.length > 0) return unready(`waiting for the first list of ${paths(unlisted)}`)
  if (!facts.hasDecided) return unready('waiting for the first pass over all namespaces')
  const unwatched = collections.filter(({ hasWatched }) => !hasWatched)
  if (unwatched.length > 0) return unready(`waiting for the first watch of ${paths(unwatched)}`)
  if (!facts.isListening) return unready('waiting for a certificate to listen with')
  return { isReady: true, text: facts.isLeader ? 'ready: leader' : 'ready' }
}

function unready(text: string): Readiness {
  return { isReady: false, text }
}

function paths(collections: readonly { readonly path: string }[]): string {
  return collections.map(({ path }) => path).join(', ')
}
