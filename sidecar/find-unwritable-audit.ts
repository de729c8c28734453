// What only the file system knows of a setting: a sidecar that is to keep records and cannot does not start.
import { closeSync, openSync } from 'node:fs'

/** One sentence as for any other wrong setting; undefined when records can be written, or need no file. */
export function findUnwritableAudit(audit: {
  readonly kind: string
  readonly path?: string
}): string | undefined {
  if (audit.path === undefined) return undefined
  try {
    closeSync(openSync(audit.path, 'a', 0o600))
    return undefined
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    const given = JSON.stringify(`file:${audit.path}`)
    return `LLM_FALLBACK_AUDIT: ${given}; expected a file that can be written to (${code})`
  }
}
