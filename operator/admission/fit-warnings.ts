// Warnings in the form in which kubectl prints them whole. Short ones are easier to read, but they are never split over several:
// clients leave out a line that they have printed before.

/** Beyond 4 KiB of them the API server begins to cut and to drop. */
const mostCharacters = 3_800
const mostWarnings = 20
const longestWarning = 400

/** Each once, on one line; what does not fit is counted. */
export function fitWarnings(warnings: readonly string[]): readonly string[] {
  const different = [...new Set(warnings.map(toLine))]
  const shown: string[] = []
  let left = mostCharacters
  for (const warning of different) {
    left -= warning.length
    if (left < 0 || shown.length === mostWarnings) break
    shown.push(warning)
  }
  const rest = different.length - shown.length
  return rest === 0 ? shown : [...shown, `and ${rest} more, which the status of the object will tell`]
}

function toLine(warning: string): string {
  const line = warning.replaceAll(/\s+/g, ' ').trim()
  return line.length <= longestWarning ? line : `${line.slice(0, longestWarning - 1)}…`
}
