// Images, sound and files of a request: bytes in the part itself, or an address.
import type { AudioPart, FilePart, ImagePart, JsonObject } from '../completion.ts'
import { readRequiredText, readText } from '../json-value.ts'
import { placeOf } from './spellings.ts'

type MediaPart = ImagePart | AudioPart | FilePart

export function decodeInlineData(blob: JsonObject, path: string): MediaPart {
  const type = placeOf(blob, 'mimeType', path)
  const mediaType = readRequiredText(blob, type.name, type.path)
  const data = readRequiredText(blob, 'data', `${path}.data`)
  if (/^image\//i.test(mediaType)) return { kind: 'image', source: { kind: 'base64', mediaType, data } }
  if (/^audio\//i.test(mediaType)) return { kind: 'audio', format: audioFormat(mediaType), data }
  return { kind: 'file', source: { kind: 'base64', mediaType, data }, ...nameIn(blob, path) }
}

export function decodeFileData(file: JsonObject, path: string): MediaPart {
  const address = placeOf(file, 'fileUri', path)
  const type = placeOf(file, 'mimeType', path)
  const url = readRequiredText(file, address.name, address.path)
  const mediaType = readText(file, type.name, type.path) ?? ''
  const source = isOfTheVendor(url)
    ? ({ kind: 'vendorFile', id: url } as const)
    : ({ kind: 'url', url } as const)
  if (/^image\//i.test(mediaType)) return { kind: 'image', source }
  return { kind: 'file', source, ...nameIn(file, path) }
}

function nameIn(owner: JsonObject, path: string): { readonly name?: string } {
  const place = placeOf(owner, 'displayName', path)
  const name = readText(owner, place.name, place.path)
  return name === undefined ? {} : { name }
}

/** Uploads and buckets open for one account only. */
function isOfTheVendor(url: string): boolean {
  return !/^https?:\/\//i.test(url) || /^https?:\/\/generativelanguage\.googleapis\.com\//i.test(url)
}

const audioFormats: Readonly<Record<string, string>> = {
  mpeg: 'mp3',
  'x-wav': 'wav',
  wave: 'wav',
  'x-m4a': 'm4a',
}

function audioFormat(mediaType: string): string {
  const subtype = mediaType.slice('audio/'.length).split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return audioFormats[subtype] ?? subtype
}
