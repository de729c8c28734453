// The servers of every vendor: how a policy names them, which formats they read, and what was recorded of them.
import { anthropicMessages } from '../../../sidecar/dialect/anthropic-messages/anthropic-messages.ts'
import { bedrockConverse } from '../../../sidecar/dialect/bedrock-converse/bedrock-converse.ts'
import { bedrockInvoke } from '../../../sidecar/dialect/bedrock-invoke/bedrock-invoke.ts'
import { cohereChat } from '../../../sidecar/dialect/cohere-chat/cohere-chat.ts'
import type { Dialect, WireFormat } from '../../../sidecar/dialect/dialect.ts'
import { geminiGenerate } from '../../../sidecar/dialect/gemini-generate/gemini-generate.ts'
import { openaiChat } from '../../../sidecar/dialect/openai-chat/openai-chat.ts'
import { openaiResponses } from '../../../sidecar/dialect/openai-responses/openai-responses.ts'
import { type Recording, type RecordingFolder, readRecordings } from '../../conformance/read-recordings.ts'

/** A format that a server reads, under a path that only this format has. */
export interface SpokenFormat {
  readonly dialect: Dialect
  readonly path: RegExp
  /** Answers that were recorded in it; names begin with one of these. */
  readonly recorded: readonly string[]
}

export interface Vendor {
  /** As the policy names the provider. */
  readonly name: string
  readonly dialect: string
  /** Behind the host. */
  readonly base: string
  readonly model: string
  /** What a request of any other format is translated to comes first. */
  readonly formats: readonly SpokenFormat[]
}

const chatOf = (recorded: readonly string[]): SpokenFormat => ({
  dialect: openaiChat,
  path: /\/chat\/completions/,
  recorded,
})
const responsesOf = (recorded: readonly string[]): SpokenFormat => ({
  dialect: openaiResponses,
  path: /\/responses/,
  recorded,
})
const azureFormats = [chatOf(['azure-openai/t']), responsesOf(['azure-openai/responses'])]

export const vendors: readonly Vendor[] = [
  {
    name: 'openai',
    dialect: 'OpenAI',
    base: '/v1',
    model: 'gpt-4o',
    formats: [chatOf(['openai-chat/']), responsesOf(['openai-responses/'])],
  },
  {
    name: 'compatible',
    dialect: 'OpenAI',
    base: '/v1',
    model: 'llama-3.3-70b',
    formats: [chatOf(['openai-compatible/']), responsesOf(['openai-responses/'])],
  },
  {
    name: 'azure-dated',
    dialect: 'AzureOpenAI',
    base: '',
    model: 'gpt-4o',
    formats: azureFormats,
  },
  {
    name: 'azure-v1',
    dialect: 'AzureOpenAI',
    base: '/openai/v1',
    model: 'gpt-4o',
    formats: azureFormats,
  },
  {
    name: 'anthropic',
    dialect: 'Anthropic',
    base: '',
    model: 'claude-sonnet-4-5',
    formats: [{ dialect: anthropicMessages, path: /\/v1\/messages/, recorded: ['anthropic/'] }],
  },
  {
    name: 'gemini',
    dialect: 'Gemini',
    base: '',
    model: 'gemini-2.5-flash',
    formats: [
      { dialect: geminiGenerate, path: /:(?:generateContent|streamGenerateContent)/, recorded: ['gemini/'] },
    ],
  },
  {
    name: 'bedrock',
    dialect: 'Bedrock',
    base: '',
    model: 'us.anthropic.claude-3-7-sonnet-20250219-v1:0',
    formats: [
      { dialect: bedrockConverse, path: /\/converse(?:-stream)?$/, recorded: ['bedrock/converse'] },
      { dialect: bedrockInvoke, path: /\/invoke(?:-with-response-stream)?$/, recorded: ['bedrock/invoke-'] },
    ],
  },
  {
    name: 'cohere',
    dialect: 'Cohere',
    base: '',
    model: 'command-a-03-2025',
    formats: [{ dialect: cohereChat, path: /\/v2\/chat$/, recorded: ['cohere/'] }],
  },
]

/** What the vendor reads of a caller: the caller's own format where it speaks that, else the one for translations. */
export function formatFor(vendor: Vendor, format: WireFormat): SpokenFormat {
  const spoken = vendor.formats.find(one => one.dialect.format === format) ?? vendor.formats[0]
  if (spoken === undefined) throw new Error(`${vendor.name} speaks nothing`)
  return spoken
}

/** Complete answers with a finish; refusals and errors are other scenes. */
export function recordedAnswers({ recorded }: SpokenFormat): readonly Recording[] {
  return recorded.flatMap(prefix =>
    readRecordings(folderOf(prefix)).filter(
      ({ name, response, expect }) =>
        name.startsWith(prefix) &&
        response.status === 200 &&
        expect.failure === null &&
        (expect.failureAlternatives ?? []).every(kind => kind === null) &&
        typeof expect.finish === 'string',
    ),
  )
}

const folders: readonly RecordingFolder[] = [
  'openai-chat',
  'openai-compatible',
  'openai-responses',
  'azure-openai',
  'anthropic',
  'gemini',
  'bedrock',
  'cohere',
]

function folderOf(prefix: string): RecordingFolder {
  const folder = folders.find(one => prefix.startsWith(`${one}/`))
  if (folder === undefined) throw new Error(`no folder of recordings holds ${prefix}`)
  return folder
}
