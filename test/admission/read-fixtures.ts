// Resources as people write them, with what becomes of each. The same files are judged by the language alone and by a real
// API server, so that a rule and its twin cannot drift apart.
import { readdirSync, readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'

export const layers = ['schema', 'CEL', 'webhook'] as const

export interface RejectedFixture {
  readonly name: string
  readonly document: unknown
  /** The first one that refuses it in a cluster. */
  readonly layer: (typeof layers)[number]
  /** Path as the language tells it. */
  readonly field: string
  /** Words of the language's own message. */
  readonly says: string
  /** What the API server's message contains. */
  readonly serverSays: readonly string[]
}

export interface AcceptedFixture {
  /** File and position: `endpoints.yaml#3`. */
  readonly name: string
  readonly document: unknown
}

export function readAccepted(): readonly AcceptedFixture[] {
  return namesIn('accepts').flatMap(name =>
    documentsIn(`accepts/${name}`).map((document, index) => ({ name: `${name}#${index + 1}`, document })),
  )
}

export function readRejected(): readonly RejectedFixture[] {
  return namesIn('rejects').map(readRejectedFile)
}

/** @throws Error when the comment at the top does not say what is expected. */
function readRejectedFile(name: string): RejectedFixture {
  const text = textOf(`rejects/${name}`)
  const layer = layers.find(known => known === heading(text, 'layer'))
  const field = heading(text, 'field')
  const says = heading(text, 'says')
  const [document, ...others] = documentsIn(`rejects/${name}`)
  if (layer === undefined || field === undefined || says === undefined || others.length > 0) {
    throw new Error(`${name}: one document below "# layer:", "# field:" and "# says:" is expected`)
  }
  const server = heading(text, 'server')
  return { name, document, layer, field, says, serverSays: server === undefined ? [field, says] : [server] }
}

function heading(text: string, key: string): string | undefined {
  return new RegExp(`^# ${key}: (.+)$`, 'm').exec(text)?.[1]
}

function documentsIn(path: string): readonly unknown[] {
  return parseAllDocuments(textOf(path), { version: '1.1' }).map(document => document.toJS())
}

function namesIn(folder: string): readonly string[] {
  return readdirSync(new URL(`${folder}/`, import.meta.url)).sort()
}

function textOf(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8')
}
