/** An id for a call that came without one: the same call of the same answer has the same id. */
export function mintCallId(replyId: string, index: number): string {
  const stem = replyId.replace(/[^a-zA-Z0-9]/g, '').slice(-24)
  return `call_${stem}_${index}`
}
