/** How many links of a `cause` chain are told. */
const maxCauses = 4

/**
 * What may be logged of an unexpected error: its class, code and stack frames, with its causes. Messages stay out,
 * because an engine's own messages quote what they were given, and that may be a prompt.
 */
export function describeBug(error: unknown, depth = 0): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { thrown: typeof error }
  return {
    name: error.name,
    ...('code' in error && typeof error.code === 'string' && { code: error.code }),
    frames: framesOf(error),
    ...(error.cause !== undefined && depth < maxCauses && { cause: describeBug(error.cause, depth + 1) }),
  }
}

function framesOf(error: Error): readonly string[] {
  const lines = (error.stack ?? '').split('\n').map(line => line.trim())
  return lines.filter(line => line.startsWith('at ')).slice(0, 12)
}
