// The recorded exchanges beside this file; README.md there tells the format.
import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { FailureKind } from '../../crds/vocabulary.ts'
import type { Finish, JsonObject, JsonValue } from '../../sidecar/dialect/completion.ts'
import type { CallerFormat, RequestHead } from '../../sidecar/dialect/dialect.ts'
import { findHead, headFor } from '../support/request-head.ts'

export type RecordingFolder =
  | 'openai-chat'
  | 'openai-compatible'
  | 'openai-responses'
  | 'openai-embeddings'
  | 'azure-openai'
  | 'anthropic'
  | 'gemini'
  | 'bedrock'
  | 'cohere'

export interface Recording {
  /** `folder/file` without its extension. */
  readonly name: string
  readonly request: {
    readonly method: string
    readonly path: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: JsonObject
  }
  readonly response: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body?: JsonValue
    readonly bodyText?: string
    readonly bodyBase64?: string
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
  readonly embeddings?: {
    readonly count: number
    readonly dimensions: number
    readonly first: readonly number[]
  }
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
  const { body, bodyText, bodyBase64 } = recording.response
  if (bodyBase64 !== undefined) return Buffer.from(bodyBase64, 'base64')
  return Buffer.from(bodyText ?? JSON.stringify(body))
}

/** What the recorded request said outside its body; servers with paths of their own are taken for the usual one. */
export function headOfRecording(format: CallerFormat, { request }: Recording): RequestHead {
  return (
    findHead(format, request.path, request.headers) ??
    headFor(format, { ...(request.headers && { headers: request.headers }) })
  )
}

/** Of folders that several formats share, the exchanges that were made on a path of this one and that it claims. */
export function recordingsOf(
  format: CallerFormat,
  folders: readonly RecordingFolder[],
): readonly Recording[] {
  return folders.flatMap(readRecordings).filter(({ request }) => {
    const head = findHead(format, request.path)
    if (head === undefined) return false
    return format.claims === undefined || format.claims(request.body ?? {}, head)
  })
}
