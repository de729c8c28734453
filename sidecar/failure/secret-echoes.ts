// Finds what is left of a credential when a provider shows only a part of it.

export interface Span {
  readonly start: number
  /** Behind the last character. */
  readonly end: number
}

/** Fewer characters than this betray nothing and match too much. */
const shortestHead = 3
const shortestTail = 2
const longestEcho = 256
/** A piece this long, without any stars beside it, is no accident. */
const shortestPiece = 8
/** Shorter credentials have no pieces worth the name. */
const shortestPieced = 16

const maskRun = /\*{2,}|•{2,}|…|\.{3,}|[xX]{6,}/g
const keyCharacter = /[A-Za-z0-9_\-+/=]/

/** `sk-abc…wxyz`: a run of masking characters with the head or the tail of a credential beside it. */
export function findMaskedEchoes(text: string, secrets: readonly string[]): readonly Span[] {
  const spans: Span[] = []
  for (const run of text.matchAll(maskRun)) {
    const start = walkLeft(text, run.index)
    const end = walkRight(text, run.index + run[0].length)
    const head = text.slice(start, run.index)
    const tail = text.slice(run.index + run[0].length, end)
    const isEcho = secrets.some(
      secret =>
        (head.length >= shortestHead && secret.startsWith(head)) ||
        (tail.length >= shortestTail && secret.endsWith(tail)),
    )
    if (isEcho) spans.push({ start, end })
  }
  return spans
}

/** A long beginning or end of a credential, standing alone. */
export function findSecretPieces(text: string, secrets: readonly string[]): readonly Span[] {
  const spans: Span[] = []
  for (const secret of secrets) {
    if (secret.length < shortestPieced) continue
    const head = secret.slice(0, shortestPiece)
    for (let at = text.indexOf(head); at >= 0; at = text.indexOf(head, at + 1)) {
      let length = shortestPiece
      while (length < secret.length && text[at + length] === secret[length]) length += 1
      spans.push({ start: at, end: at + length })
    }
    const tail = secret.slice(-shortestPiece)
    for (let at = text.indexOf(tail); at >= 0; at = text.indexOf(tail, at + 1)) {
      let start = at
      let from = secret.length - shortestPiece
      while (start > 0 && from > 0 && text[start - 1] === secret[from - 1]) {
        start -= 1
        from -= 1
      }
      spans.push({ start, end: at + shortestPiece })
    }
  }
  return spans
}

function walkLeft(text: string, from: number): number {
  let at = from
  while (at > 0 && from - at < longestEcho && keyCharacter.test(text.charAt(at - 1))) at -= 1
  return at
}

function walkRight(text: string, from: number): number {
  let at = from
  while (at < text.length && at - from < longestEcho && keyCharacter.test(text.charAt(at))) at += 1
  return at
}
