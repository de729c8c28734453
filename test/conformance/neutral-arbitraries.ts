// Neutral requests and replies in their normal form: neighbours merged, no empty texts, so that a round trip can give back the same.
import fc from 'fast-check'
import type {
  Choice,
  CompletionReply,
  CompletionRequest,
  ContentPart,
  Finish,
  JsonObject,
  Message,
  ReplyPart,
  ResponseFormat,
  TextPart,
  Tool,
  ToolCallPart,
  ToolChoice,
  Usage,
} from '../../sidecar/dialect/completion.ts'

/** What a dialect can say beyond what all of them can. */
export interface Abilities {
  /** Parameters of this dialect alone. */
  readonly parameters: fc.Arbitrary<Partial<CompletionRequest>>
  readonly formatName: fc.Arbitrary<string>
  readonly toolErrors: boolean
  /** Text and tool calls may alternate in an answer. */
  readonly interleavesCalls: boolean
  readonly vendorFinish: Readonly<Partial<Record<Finish, string>>>
  readonly replyId: fc.Arbitrary<string>
  readonly hasCreationTime: boolean
  readonly countsCacheWrites: boolean
}

/** Texts with quotes, line ends, surrogate pairs and whatever else JSON and event streams may trip over; never blank. */
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    fc.string({ minLength: 1, maxLength: 40 }),
  )
  .map(words => `${words}\n…`)
const name = fc.stringMatching(/^[a-z][a-zA-Z0-9_-]{0,15}$/)
const textPart: fc.Arbitrary<TextPart> = text.map(words => ({ kind: 'text', text: words }))
const argumentsText = fc
  .dictionary(name, fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)), { maxKeys: 3 })
  .map(value => JSON.stringify(value))

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
const tools = fc.uniqueArray(tool, { minLength: 1, maxLength: 3, selector: one => one.name })

const userPart: fc.Arbitrary<ContentPart> = fc.oneof(
  fc.constant<ContentPart>({
    kind: 'image',
    source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' },
  }),
  fc.webUrl().map((url): ContentPart => ({ kind: 'image', source: { kind: 'url', url } })),
)
const userTurn: fc.Arbitrary<Message> = fc
  .tuple(textPart, fc.array(userPart, { maxLength: 2 }))
  .map(([words, media]) => ({ role: 'user', content: [words, ...media] }))

/** Calls of one answer, each with an id of its own within the whole conversation once `prefix` is unique. */
function toolCalls(prefix: string, names: readonly string[]): fc.Arbitrary<readonly ToolCallPart[]> {
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

function conversation(names: readonly string[], abilities: Abilities): fc.Arbitrary<readonly Message[]> {
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

const responseFormat = (formatName: fc.Arbitrary<string>): fc.Arbitrary<ResponseFormat> =>
  formatName.map(name => ({ kind: 'jsonSchema', name, schema: closedSchema, strict: true }))

function toolChoice(declared: readonly Tool[]): fc.Arbitrary<Partial<CompletionRequest>> {
  const choice = fc.oneof(
    fc.constantFrom<ToolChoice>({ kind: 'auto' }, { kind: 'required' }),
    fc.constantFrom(...declared.map((one): ToolChoice => ({ kind: 'tool', name: one.name }))),
  )
  return fc.oneof(
    fc.constant({}),
    fc.constant({ toolChoice: { kind: 'none' as const } }),
    fc
      .tuple(choice, fc.boolean())
      .map(([toolChoice, parallelToolCalls]) => ({ toolChoice, parallelToolCalls })),
  )
}

const sampling: fc.Arbitrary<Partial<CompletionRequest>> = fc.oneof(
  fc.constant({}),
  fc.integer({ min: 0, max: 10 }).map(tenths => ({ temperature: tenths / 10 })),
  fc.integer({ min: 1, max: 9 }).map(tenths => ({ topP: tenths / 10 })),
)

export function neutralRequest(abilities: Abilities): fc.Arbitrary<CompletionRequest> {
  return fc.option(tools).chain(declared => {
    const available = declared ?? []
    return fc
      .record({
        stream: fc.boolean(),
        messages: conversation(
          available.map(one => one.name),
          abilities,
        ),
        choice: available.length === 0 ? fc.constant({}) : toolChoice(available),
        sampling,
        format: fc.option(responseFormat(abilities.formatName)),
        stop: fc.option(fc.uniqueArray(text, { minLength: 1, maxLength: 3 })),
        endUser: fc.option(name),
        own: abilities.parameters,
        maxOutputTokens: fc.integer({ min: 1, max: 4096 }),
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
