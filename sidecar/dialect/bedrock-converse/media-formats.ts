// This wire names formats by their usual file ending; everybody else by media type.

const documentTypes: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  csv: 'text/csv',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  html: 'text/html',
  txt: 'text/plain',
  md: 'text/markdown',
}
const imageFormats: ReadonlySet<string> = new Set(['png', 'jpeg', 'gif', 'webp'])
const audioFormats: ReadonlySet<string> = new Set([
  'mp3',
  'opus',
  'wav',
  'aac',
  'flac',
  'mp4',
  'ogg',
  'mkv',
  'mka',
  'x-aac',
  'm4a',
  'mpeg',
  'mpga',
  'pcm',
  'webm',
])

export function documentMediaType(format: string): string {
  return documentTypes[format.toLowerCase()] ?? 'application/octet-stream'
}

/** Undefined for a type that this wire takes as no document. */
export function documentFormat(mediaType: string): string | undefined {
  const type = plainType(mediaType)
  const known = Object.entries(documentTypes).find(([, candidate]) => candidate === type)
  return known?.[0] ?? (type.startsWith('text/') ? 'txt' : undefined)
}

export function imageMediaType(format: string): string {
  return `image/${format.toLowerCase()}`
}

/** Undefined for a type that this wire takes as no image. */
export function imageFormat(mediaType: string): string | undefined {
  const [, format = ''] = plainType(mediaType).split('/')
  const name = format === 'jpg' ? 'jpeg' : format
  return imageFormats.has(name) ? name : undefined
}

export function audioFormat(format: string): string | undefined {
  const name = format.toLowerCase()
  return audioFormats.has(name) ? name : undefined
}

/** Lower case, without parameters. */
function plainType(mediaType: string): string {
  return (mediaType.split(';')[0] ?? '').trim().toLowerCase()
}

const longestName = 200

/** Names of documents have few characters to choose from; what does not fit becomes a hyphen. */
export function documentName(name: string | undefined, position: number): string {
  const fitting = (name ?? '')
    .replace(/[^a-zA-Z0-9\s\-()[\]]+/g, '-')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, longestName)
  return fitting === '' ? `document ${position}` : fitting
}
