/** A wall time as the API's `MicroTime` wants it: exactly six digits of a second. */
export function microTime(wallTime: number): string {
  return new Date(wallTime).toISOString().replace('Z', '000Z')
}
