import type { Ownership } from '../../operator/reconcile/ports.ts'

/** Nobody owns anything, as where the operator was not installed by its chart. */
export const noOwnership: Ownership = { claim: async wanted => wanted }
