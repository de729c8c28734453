/**
 * The time that a build writes down, in the variable of https://reproducible-builds.org/specs/source-date-epoch: the
 * epoch when it is not set, so that two builds of the same sources are the same.
 */
export function readSourceDate(text = process.env['SOURCE_DATE_EPOCH'] ?? '0'): Date {
  // Seconds up to the year 9999, the last that every format here can write.
  if (!/^\d{1,12}$/.test(text) || Number(text) > 253_402_300_799) {
    throw new Error(`SOURCE_DATE_EPOCH is "${text}"; expected whole seconds since 1970`)
  }
  return new Date(Number(text) * 1000)
}
