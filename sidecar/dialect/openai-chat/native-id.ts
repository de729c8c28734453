/** An answer id as the vendor's clients know it: `chatcmpl-…`. */
export function nativeReplyId(id: string): string {
  if (id.startsWith('chatcmpl-')) return id
  return `chatcmpl-${id.replace(/^(?:msg|resp|gen)[_-]/, '')}`
}
