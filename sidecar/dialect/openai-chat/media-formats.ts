// What of pictures, sound and files the servers take, and the names that they want for it.
import type { MediaSource } from '../completion.ts'

const imageTypes: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/jpg',
  'image/webp',
  'image/gif',
])

/** Other formats are answered with a 400. What lies behind an address is not known. */
export function isShown(source: MediaSource): boolean {
  return source.kind !== 'base64' || imageTypes.has(source.mediaType.toLowerCase())
}

export const audioFormats: ReadonlySet<string> = new Set(['wav', 'mp3'])

const endings: Readonly<Record<string, string>> = {
  'text/plain': 'txt',
  'text/markdown': 'md',
  'application/msword': 'doc',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.ms-powerpoint': 'ppt',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
}

/** The server demands a name whose ending tells the type once more; elsewhere documents have titles. */
export function fileNameFor(mediaType: string, name = 'document'): string {
  if (/\.[a-z0-9]{1,5}$/i.test(name)) return name
  const type = mediaType.toLowerCase()
  const known = Object.hasOwn(endings, type) ? endings[type] : undefined
  return `${name}.${known ?? type.slice(type.indexOf('/') + 1).replace(/[^a-z0-9]/g, '')}`
}
