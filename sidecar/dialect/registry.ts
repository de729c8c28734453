// The dialects that exist. A new one is a folder and one line here.
import type { DialectName } from '../../crds/vocabulary.ts'
import { anthropicMessages } from './anthropic-messages/anthropic-messages.ts'
import type { Dialect, WireFormat } from './dialect.ts'
import { openaiChat } from './openai-chat/openai-chat.ts'

const byFormat: Readonly<Record<WireFormat, Dialect>> = {
  'openai-chat': openaiChat,
  'anthropic-messages': anthropicMessages,
}

export const allDialects: readonly Dialect[] = Object.values(byFormat)

export function dialectOf(format: WireFormat): Dialect {
  return byFormat[format]
}

/** The format that servers of a provider dialect speak; undefined for a dialect that cannot be called yet. */
export function nativeDialect(provider: DialectName): Dialect | undefined {
  return allDialects.find(dialect => dialect.provider === provider)
}
