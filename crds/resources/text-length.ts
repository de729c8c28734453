/** Characters as the API server counts them: an emoji is one, though JavaScript holds it as two. */
export function isLongerThan(text: string, maxLength: number): boolean {
  if (text.length <= maxLength) return false
  return text.length > 2 * maxLength || Array.from(text).length > maxLength
}
