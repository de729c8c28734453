// A prompt of a megabyte costs more to turn into a string than to send. So the head of a body is parsed without its long
// strings; they stay bytes unless somebody needs to read them.
import { isAscii } from 'node:buffer'
import type { StringRange } from './scan-members.ts'

export interface ShortText {
  /** The JSON text with every long string value replaced by an empty one. */
  readonly text: Buffer
  /** Characters of the strings left out, as far as they are text. */
  readonly omittedCharacters: number
}

/** Undefined when a long string holds a raw line break, tab or zero byte, which no JSON string may. */
export function leaveOutLongStrings(
  bytes: Buffer,
  longStrings: readonly StringRange[],
): ShortText | undefined {
  if (longStrings.length === 0) return { text: bytes, omittedCharacters: 0 }
  const pieces: Buffer[] = []
  let from = 0
  let omittedCharacters = 0
  for (const range of longStrings) {
    const content = bytes.subarray(range.start + 1, range.end - 1)
    if (hasRawControl(content)) return undefined
    pieces.push(bytes.subarray(from, range.start + 1))
    from = range.end - 1
    if (!mediaNames.has(nameBefore(bytes, range.start))) omittedCharacters += charactersIn(content)
  }
  pieces.push(bytes.subarray(from))
  return { text: Buffer.concat(pieces), omittedCharacters }
}

/** The control characters that people really paste. The vendor refuses the others; what it gets is what the caller wrote. */
function hasRawControl(content: Buffer): boolean {
  return content.includes(0x0a) || content.includes(0x0d) || content.includes(0x09) || content.includes(0)
}

/** Members that hold inline pictures, sound and files in any dialect. */
const mediaNames: ReadonlySet<string> = new Set(['data', 'url', 'image_url', 'file_data'])

/** The name of the member whose value begins at `start`; '' in a list. */
function nameBefore(bytes: Buffer, start: number): string {
  let at = start - 1
  while (at > 0 && (bytes[at] ?? 0) <= 0x20) at -= 1
  if (bytes[at] !== 0x3a) return ''
  const end = bytes.lastIndexOf(0x22, at)
  const begin = bytes.lastIndexOf(0x22, end - 1)
  return begin < 0 || end < 0 ? '' : bytes.toString('latin1', begin + 1, end)
}

/** Beyond ASCII a character takes two to four bytes: two is near enough to judge a size by. */
function charactersIn(content: Buffer): number {
  return isAscii(content) ? content.length : Math.ceil(content.length / 2)
}
