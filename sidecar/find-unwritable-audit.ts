// What only the file system knows of a setting: a sidecar that is to keep records and cannot does not start.
import { closeSync, constants, openSync } from 'node:fs'
import { errorCode } from './error-code.ts'

/** Non-blocking: a pipe would else hold the start up until somebody reads from it. */
const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK

/** One sentence as for any other wrong setting; undefined when records can be written, or need no file. */
export function findUnwritableAudit(audit: {
  readonly kind: string
  readonly path?: string
}): string | undefined {
  if (audit.path === undefined) return undefined
  try {
    closeSync(openSync(audit.path, flags, 0o600))
    return undefined
  } catch (cause) {
    const code = errorCode(cause)
    // A pipe whose reader comes later: records wait for it.
    if (code === 'ENXIO') return undefined
    const given = JSON.stringify(`file:${audit.path}`)
    return `LLM_FALLBACK_AUDIT: ${given}; expected a file that can be written to (${code})`
  }
}
