// The recorded exchanges beside this file; README.md there tells the format.
import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { FailureKind } from '../../crds/vocabulary.ts'
import type { Finish, JsonObject, JsonValue } from '../../sidecar/dialect/completion.ts'

export type RecordingFolder = 'openai-chat' | 'openai-compatible' | 'anthropic'

export interface Recording {
  /** `folder/file` without its extension. */
  readonly name: string
  readonly request: { readonly path: string; readonly body?: JsonObject }
  readonly response: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body?: JsonValue
    readonly bodyText?: string
  }
  readonly expect: Expectation
}

export interface Expectation {
  readonly streamed: boolean
  readonly text?: string
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: JsonValue }[]
  readonly finish?: Finish | null
  readonly vendorFinish?: string | null
  readonly usage?: Readonly<Record<string, number | null>> | null
  readonly reasoningText?: string
  readonly refusal?: string
  readonly choices?: number
  readonly otherItems?: readonly string[]
  readonly failure: FailureKind | null
  readonly failureAlternatives?: readonly (FailureKind | null)[]
  readonly retryAfterMs?: number
}

export function readRecordings(folder: RecordingFolder): readonly Recording[] {
  const directory = new URL(`recordings/${folder}/`, import.meta.url)
  const files = readdirSync(directory).filter(file => file.endsWith('.json'))
  if (files.length === 0) throw new Error(`no recordings in ${folder}`)
  return files.sort().map(file => {
    const content: Omit<Recording, 'name'> = JSON.parse(readFileSync(new URL(file, directory), 'utf8'))
    return { ...content, name: `${folder}/${basename(file, '.json')}` }
  })
}

/** The body as it was on the wire. */
export function bodyBytes(recording: Recording): Buffer {
  const { body, bodyText } = recording.response
  return Buffer.from(bodyText ?? JSON.stringify(body))
}
