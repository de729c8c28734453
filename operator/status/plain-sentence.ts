// Text of others as a status, an event or a report may repeat it.

const longestSentence = 300

/** One line without control characters, cut after 300 characters. */
export function plainSentence(text: string): string {
  const line = text
    .slice(0, longestSentence * 4)
    .replaceAll(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ')
    .trim()
  return line.length > longestSentence ? `${line.slice(0, longestSentence)}…` : line
}

/** `1 pod`, `3 pods`. */
export function countOf(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`
}
