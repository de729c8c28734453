/** The longest pattern that a resource may hold. */
export const maxGlobLength = 256

/**
 * Whether `text` matches `pattern`, in which `*` stands for any run of characters and everything else for itself.
 * Greedy with one point of return: the time is bounded by the product of both lengths and no pattern explodes.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let patternAt = 0
  let textAt = 0
  let starAt = -1
  let resumeAt = 0
  while (textAt < text.length) {
    // The star is asked first: it may also stand in the text, where it is a character like any other.
    if (patternAt < pattern.length && pattern[patternAt] === '*') {
      starAt = patternAt
      patternAt += 1
      resumeAt = textAt
    } else if (patternAt < pattern.length && pattern[patternAt] === text[textAt]) {
      patternAt += 1
      textAt += 1
    } else if (starAt >= 0) {
      patternAt = starAt + 1
      resumeAt += 1
      textAt = resumeAt
    } else {
      return false
    }
  }
  while (patternAt < pattern.length && pattern[patternAt] === '*') patternAt += 1
  return patternAt === pattern.length
}
