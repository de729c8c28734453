import { Confidential } from '../failure/confidential.ts'

/** A key goes into a header: one line of visible text. Otherwise what is wrong with it, without showing it. */
export function readKey(text: string, whenEmpty: string): Confidential | string {
  const key = onOneLine(text.trim())
  if (key === '') return whenEmpty
  return /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(key)
    ? new Confidential(key)
    : 'the key has characters that no header can carry'
}

/** A credential of several parts is JSON, however it was laid out. */
function onOneLine(text: string): string {
  if (!text.startsWith('{')) return text
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    return text
  }
}
