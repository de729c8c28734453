// Conversations in their normal form: neighbours merged, no empty texts, so that a round trip can give back the same.
import fc from 'fast-check'
import type { ContentPart, Message, TextPart, ToolCallPart } from '../../sidecar/dialect/completion.ts'
import { type Abilities, canSay } from './ability.ts'

/** Texts with quotes, line ends, surrogate pairs and whatever else JSON and event streams may trip over; never blank. */
export const text: fc.Arbitrary<string> = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    fc.string({ minLength: 1, maxLength: 40 }),
  )
  .map(words => `${words}\n…`)
export const name: fc.Arbitrary<string> = fc.stringMatching(/^[a-z][a-zA-Z0-9_-]{0,15}$/)
export const textPart: fc.Arbitrary<TextPart> = text.map(words => ({ kind: 'text', text: words }))
const argumentsText = fc
  .dictionary(name, fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)), { maxKeys: 3 })
  .map(value => JSON.stringify(value))

const inlineImage = fc.constant<ContentPart>({
  kind: 'image',
  source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' },
})
const linkedImage = fc.webUrl().map((url): ContentPart => ({ kind: 'image', source: { kind: 'url', url } }))

function userTurnOf(abilities: Abilities): fc.Arbitrary<Message> {
  const media = canSay(abilities, 'imageUrl') ? fc.oneof(inlineImage, linkedImage) : inlineImage
  return fc
    .tuple(textPart, fc.array(media, { maxLength: 2 }))
    .map(([words, images]) => ({ role: 'user', content: [words, ...images] }))
}

/** Calls of one answer, each with an id of its own within the whole conversation once `prefix` is unique. */
export function toolCalls(prefix: string, names: readonly string[]): fc.Arbitrary<readonly ToolCallPart[]> {
  return fc
    .array(fc.tuple(fc.constantFrom(...names), argumentsText), { minLength: 1, maxLength: 3 })
    .map(calls =>
      calls.map(([name, text], index) => ({
        kind: 'toolCall',
        id: `call_${prefix}_${index}`,
        name,
        argumentsText: text,
      })),
    )
}

function toolTurns(
  round: number,
  names: readonly string[],
  canFail: boolean,
): fc.Arbitrary<readonly Message[]> {
  return fc
    .tuple(fc.option(textPart), toolCalls(`${round}`, names), textPart, fc.boolean())
    .map(([words, calls, result, isError]): readonly Message[] => [
      { role: 'assistant', content: words === null ? calls : [words, ...calls] },
      ...calls.map(
        (call): Message => ({
          role: 'tool',
          content: [
            {
              kind: 'toolResult',
              callId: call.id,
              content: [result],
              ...(canFail && { isError }),
            },
          ],
        }),
      ),
    ])
}

export function conversation(
  names: readonly string[],
  abilities: Abilities,
): fc.Arbitrary<readonly Message[]> {
  const userTurn = userTurnOf(abilities)
  const system = fc
    .option(textPart)
    .map(words => (words === null ? [] : [{ role: 'system' as const, content: [words] }]))
  const exchange = fc
    .tuple(userTurn, textPart)
    .map(([user, words]): readonly Message[] => [user, { role: 'assistant', content: [words] }])
  const withTools = (round: number) =>
    names.length === 0
      ? exchange
      : fc
          .tuple(userTurn, toolTurns(round, names, abilities.toolErrors), textPart)
          .map(([user, turns, words]) => [user, ...turns, { role: 'assistant' as const, content: [words] }])
  const ending =
    names.length === 0 ? fc.constant<readonly Message[]>([]) : toolTurns(9, names, abilities.toolErrors)
  return fc
    .tuple(system, exchange, withTools(1), userTurn, ending, fc.boolean())
    .map(([head, first, second, last, calls, endsWithResults]) => [
      ...head,
      ...first,
      ...second,
      last,
      ...(endsWithResults ? calls : []),
    ])
}
