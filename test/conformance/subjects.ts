// Every format of completions with what was recorded of it and what it can say: for tests that pair them.
import { anthropicMessages } from '../../sidecar/dialect/anthropic-messages/anthropic-messages.ts'
import { bedrockConverse } from '../../sidecar/dialect/bedrock-converse/bedrock-converse.ts'
import { bedrockInvoke } from '../../sidecar/dialect/bedrock-invoke/bedrock-invoke.ts'
import { cohereChat } from '../../sidecar/dialect/cohere-chat/cohere-chat.ts'
import type { CompletionReply } from '../../sidecar/dialect/completion.ts'
import { geminiGenerate } from '../../sidecar/dialect/gemini-generate/gemini-generate.ts'
import { openaiChat } from '../../sidecar/dialect/openai-chat/openai-chat.ts'
import { openaiResponses } from '../../sidecar/dialect/openai-responses/openai-responses.ts'
import {
  anthropicAbilities,
  bedrockAbilities,
  cohereAbilities,
  commonAbilities,
  geminiAbilities,
  invokeAbilities,
  openaiAbilities,
  responsesAbilities,
} from './abilities.ts'
import type { Abilities } from './ability.ts'
import type { DialectUnderTest } from './dialect-suite.ts'
import { readRecordings, recordingsOf } from './read-recordings.ts'

const chatRecordings = [...readRecordings('openai-chat'), ...readRecordings('openai-compatible')]

export const subjects: readonly DialectUnderTest[] = [
  { dialect: openaiChat, recordings: chatRecordings, abilities: openaiAbilities },
  {
    dialect: openaiResponses,
    recordings: recordingsOf(openaiResponses, ['openai-responses', 'azure-openai']),
    abilities: responsesAbilities,
  },
  { dialect: anthropicMessages, recordings: readRecordings('anthropic'), abilities: anthropicAbilities },
  {
    dialect: geminiGenerate,
    recordings: recordingsOf(geminiGenerate, ['gemini']),
    abilities: geminiAbilities,
  },
  {
    dialect: bedrockConverse,
    recordings: recordingsOf(bedrockConverse, ['bedrock']),
    abilities: bedrockAbilities,
  },
  {
    dialect: bedrockInvoke,
    recordings: recordingsOf(bedrockInvoke, ['bedrock']),
    abilities: invokeAbilities,
  },
  { dialect: cohereChat, recordings: recordingsOf(cohereChat, ['cohere']), abilities: cohereAbilities },
]

export interface Direction {
  readonly from: DialectUnderTest
  readonly to: DialectUnderTest
}

/** From each format to each other one. */
export const directions: readonly Direction[] = subjects.flatMap(from =>
  subjects.filter(to => to !== from).map(to => ({ from, to })),
)

/** Only what both can say. */
export function sharedAbilities(one: Abilities, other: Abilities): Abilities {
  return {
    ...commonAbilities,
    toolErrors: one.toolErrors && other.toolErrors,
    interleavesCalls: one.interleavesCalls && other.interleavesCalls,
    unsayable: [...(one.unsayable ?? []), ...(other.unsayable ?? [])],
    asSaid: (reply: CompletionReply) => said(other, said(one, reply)),
  }
}

function said({ asSaid }: Abilities, reply: CompletionReply): CompletionReply {
  return asSaid === undefined ? reply : asSaid(reply)
}
