// What a translation lost, in the caller's own words.
import type { CompletionRequest, NeutralParameter } from './completion.ts'
import type { Dialect, WireFormat } from './dialect.ts'

/** Header and audit stay small. */
const maxDrops = 30

/** Content that has another name in one caller's dialect than in the encoders' reports. */
const contentNames: Readonly<Record<WireFormat, Readonly<Record<string, string>>>> = {
  'openai-chat': {
    'messages.reasoning': 'messages.reasoning_content',
    'messages.content.image': 'messages.content.image_url',
    'messages.content.audio': 'messages.content.input_audio',
    'messages.content.detail': 'messages.content.image_url.detail',
    'tools.strict': 'tools.function.strict',
  },
  'anthropic-messages': {
    'messages.reasoning': 'messages.content.thinking',
    'messages.content.file': 'messages.content.document',
    'messages.content.audio': 'messages.content.audio',
  },
}

/** Sorted, without duplicates. */
export function nameDrops(
  caller: Dialect,
  request: CompletionRequest,
  lost: readonly (NeutralParameter | string)[],
): readonly string[] {
  const words: Readonly<Record<string, string | undefined>> = caller.parameterNames
  const contents = contentNames[caller.format]
  const names = new Set(request.untranslated)
  for (const name of lost) names.add(wordFor(name, words) ?? wordFor(name, contents) ?? name)
  return [...names].sort().slice(0, maxDrops)
}

function wordFor(name: string, words: Readonly<Record<string, string | undefined>>): string | undefined {
  return Object.hasOwn(words, name) ? words[name] : undefined
}
