// Neutral requests and replies in their normal form, within what a dialect can say.
import fc from 'fast-check'
import type {
  Choice,
  CompletionReply,
  CompletionRequest,
  Finish,
  JsonObject,
  ReplyPart,
  ResponseFormat,
  Tool,
  ToolChoice,
  Usage,
} from '../../sidecar/dialect/completion.ts'
import { type Abilities, canSay } from './ability.ts'
import { conversation, name, text, textPart, toolCalls } from './neutral-conversations.ts'

const closedSchema: JsonObject = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city', 'days'],
  additionalProperties: false,
}
const openSchema: JsonObject = { type: 'object', properties: { city: { type: 'string' } } }

const tool: fc.Arbitrary<Tool> = fc
  .record({ name, description: fc.option(text), isClosed: fc.boolean(), isStrict: fc.boolean() })
  .map(({ name, description, isClosed, isStrict }) => ({
    name,
    ...(description !== null && { description }),
    parameters: isClosed ? closedSchema : openSchema,
    ...(isClosed && isStrict && { strict: true }),
  }))
function toolsOf(abilities: Abilities): fc.Arbitrary<readonly Tool[]> {
  const one = canSay(abilities, 'strictTools') ? tool : tool.map(({ strict: _strict, ...rest }) => rest)
  return fc.uniqueArray(one, { minLength: 1, maxLength: 3, selector: ({ name }) => name })
}

const responseFormat = (formatName: fc.Arbitrary<string>): fc.Arbitrary<ResponseFormat> =>
  formatName.map(name => ({ kind: 'jsonSchema', name, schema: closedSchema, strict: true }))

function toolChoice(
  declared: readonly Tool[],
  abilities: Abilities,
): fc.Arbitrary<Partial<CompletionRequest>> {
  const named = canSay(abilities, 'namedToolChoice')
    ? [fc.constantFrom(...declared.map((one): ToolChoice => ({ kind: 'tool', name: one.name })))]
    : []
  const auto = canSay(abilities, 'autoToolChoice') ? [fc.constant<ToolChoice>({ kind: 'auto' })] : []
  const choice = fc.oneof(fc.constant<ToolChoice>({ kind: 'required' }), ...auto, ...named)
  const none = canSay(abilities, 'noToolChoice')
    ? [fc.constant({ toolChoice: { kind: 'none' as const } })]
    : []
  const wish = canSay(abilities, 'parallelToolCalls')
    ? fc
        .tuple(choice, fc.boolean())
        .map(([toolChoice, parallelToolCalls]) => ({ toolChoice, parallelToolCalls }))
    : choice.map(toolChoice => ({ toolChoice }))
  return fc.oneof(fc.constant({}), ...none, wish)
}

const sampling: fc.Arbitrary<Partial<CompletionRequest>> = fc.oneof(
  fc.constant({}),
  fc.integer({ min: 0, max: 10 }).map(tenths => ({ temperature: tenths / 10 })),
  fc.integer({ min: 1, max: 9 }).map(tenths => ({ topP: tenths / 10 })),
)

export function neutralRequest(abilities: Abilities): fc.Arbitrary<CompletionRequest> {
  return fc.option(toolsOf(abilities)).chain(declared => {
    const available = declared ?? []
    return fc
      .record({
        stream: fc.boolean(),
        messages: conversation(
          available.map(one => one.name),
          abilities,
        ),
        choice: available.length === 0 ? fc.constant({}) : toolChoice(available, abilities),
        sampling,
        format: canSay(abilities, 'responseFormat')
          ? fc.option(responseFormat(abilities.formatName))
          : fc.constant(null),
        stop: canSay(abilities, 'stop')
          ? fc.option(fc.uniqueArray(text, { minLength: 1, maxLength: 3 }))
          : fc.constant(null),
        endUser: canSay(abilities, 'endUser') ? fc.option(name) : fc.constant(null),
        own: abilities.parameters,
        // Fewer than 16 are refused by one wire.
        maxOutputTokens: fc.integer({ min: 16, max: 4096 }),
      })
      .map(({ stream, messages, maxOutputTokens, ...rest }) => ({
        model: 'some-model',
        stream,
        messages,
        tools: available,
        maxOutputTokens,
        ...rest.choice,
        ...rest.sampling,
        ...(rest.format !== null && { responseFormat: rest.format }),
        ...(rest.stop !== null && { stop: rest.stop }),
        ...(rest.endUser !== null && { endUser: rest.endUser }),
        ...rest.own,
        untranslated: [],
      }))
  })
}

function usage(abilities: Abilities): fc.Arbitrary<Usage> {
  const tokens = fc.nat({ max: 100_000 })
  return fc
    .record({ fresh: tokens, cachedInput: tokens, cacheWrite: tokens, text: tokens, reasoning: tokens })
    .map(({ fresh, cachedInput, cacheWrite, text, reasoning }) => ({
      input: fresh + cachedInput + (abilities.countsCacheWrites ? cacheWrite : 0),
      output: text + reasoning,
      cachedInput,
      ...(abilities.countsCacheWrites && { cacheWrite }),
      reasoning,
    }))
}

function choice(abilities: Abilities): fc.Arbitrary<Choice> {
  const calls = toolCalls('7', ['look_up', 'write_down'])
  const plain = fc
    .tuple(textPart, fc.constantFrom<Finish>('stop', 'length'))
    .map(([words, finish]) => ({ content: [words] as readonly ReplyPart[], finish }))
  const calling = fc
    .tuple(fc.option(textPart), calls, fc.option(textPart))
    .map(([before, made, after]): { content: readonly ReplyPart[]; finish: Finish } => ({
      content: [
        ...(before === null ? [] : [before]),
        ...made,
        ...(after === null || !abilities.interleavesCalls ? [] : [after]),
      ],
      finish: 'tool_calls',
    }))
  return fc
    .oneof(plain, calling)
    .map(one => ({ ...one, vendorFinish: abilities.vendorFinish[one.finish] ?? null }))
}

export function neutralReply(abilities: Abilities): fc.Arbitrary<CompletionReply> {
  return fc
    .record({
      id: abilities.replyId,
      choice: choice(abilities),
      usage: usage(abilities),
      created: fc.integer({ min: 1 }),
    })
    .map(({ id, choice, usage, created }) => ({
      id,
      model: 'some-model',
      ...(abilities.hasCreationTime && { created }),
      choices: [choice],
      usage,
    }))
}
