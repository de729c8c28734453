// Vendors' paths that are known but not served: told apart from nonsense, in words that their clients can read.
import type { UnservedPath } from '../dialect/dialect.ts'
import { allFormats } from '../dialect/registry.ts'
import type { ErrorShape } from './surfaces.ts'

export interface UnsupportedSurface {
  readonly name: string
  readonly shape: ErrorShape
}

/** Not a format of ours; its clients read nothing but a text. */
const ollama: ErrorShape & { readonly unserved: readonly UnservedPath[] } = {
  format: 'ollama',
  encodeError: ({ message }) => ({ error: message }),
  unserved: [
    {
      path: /^\/api\/(?:blobs|chat|copy|create|delete|embed|embeddings|generate|ps|pull|push|show|tags|version)(?:\/|$)/,
      name: 'the native API of Ollama, unlike its OpenAI-compatible one under /v1',
    },
  ],
}

/**
 * The rule for this path, if it is one of a vendor's that is not served. Several vendors have one path: it is told as the
 * one whose client seems to ask would tell it.
 */
export function findUnsupported(path: string, asker: ErrorShape): UnsupportedSurface | undefined {
  const formats = [...allFormats.filter(({ format }) => format === asker.format), ...allFormats, ollama]
  for (const format of formats) {
    const known = format.unserved?.find(rule => rule.path.test(path))
    if (known !== undefined) return { name: known.name, shape: format }
  }
  return undefined
}
