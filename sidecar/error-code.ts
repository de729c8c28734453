/** The system's code of an error (ENOENT, EACCES …). Messages may hold paths and are not told. */
export function errorCode(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
}
