// A chat request as the server behind an endpoint takes it: members renamed or left out by the vendor table, and what that
// loses. One way for bodies that pass through as edits, one for bodies that are written anew; both by the same decision.
import type { JsonObject, JsonValue, NeutralParameter } from '../completion.ts'
import type { MemberEdit } from '../dialect.ts'
import { isFilled, isGiven, memberOf } from '../json-value.ts'
import { fitMessages } from './fit-messages.ts'
import { type VendorHabits, vendorHabitsOf } from './vendor-habits.ts'

export interface Destination {
  readonly model: string
  /** Base URL of the server; absent: the vendor's own. */
  readonly endpoint?: string
}

/** What happens to one member of a body. */
interface Decision {
  readonly name: string
  /** Its name there; absent: it is left out. */
  readonly becomes?: string
}

/** Edits after which the server takes the body; none where it is taken as it is. */
export function vendorEdits(body: JsonObject, destination: Destination): readonly MemberEdit[] {
  const edits: MemberEdit[] = []
  for (const { name, becomes } of decide(body, destination)) {
    edits.push({ name, value: undefined })
    // The server's own word, where the caller used both, is what the caller meant for this server.
    if (becomes !== undefined && !isGiven(body[becomes])) edits.push({ name: becomes, value: body[name] })
  }
  const fitted = fitMessages(body, vendorHabitsOf(destination.endpoint))
  if (fitted !== undefined) edits.push({ name: 'messages', value: fitted.messages })
  return edits
}

/** Members that say something and that this server will not see, in the caller's own words. */
export function vendorDrops(body: JsonObject, destination: Destination): readonly string[] {
  const drops = decide(body, destination)
    .filter(({ name, becomes }) => becomes === undefined && asksForSomething(name, body[name]))
    .map(({ name }) => name)
  return [...drops, ...(fitMessages(body, vendorHabitsOf(destination.endpoint))?.drops ?? [])]
}

/** Fits a body that was written from the neutral form; what is left out is added to `lost`. */
export function fitVendor(
  body: Record<string, JsonValue>,
  destination: Destination,
  lost: Set<NeutralParameter | string>,
): JsonObject {
  for (const name of vendorDrops(body, destination)) lost.add(neutralNames[name] ?? name)
  return withEdits(body, vendorEdits(body, destination))
}

/** The body after the edits, as far as its members go. */
export function withEdits(body: JsonObject, edits: readonly MemberEdit[]): JsonObject {
  const edited = new Map(Object.entries(body))
  for (const { name, value } of edits) {
    if (value === undefined) edited.delete(name)
    else if (isJsonValue(value)) edited.set(name, value)
  }
  return Object.fromEntries(edited)
}

/** Edits come from this folder, which writes nothing else. */
function isJsonValue(value: unknown): value is JsonValue {
  return value === null || ['string', 'number', 'boolean', 'object'].includes(typeof value)
}

function decide(body: JsonObject, { model, endpoint }: Destination): readonly Decision[] {
  const habits = vendorHabitsOf(endpoint)
  if (habits === undefined) return []
  return Object.keys(body).flatMap((name): readonly Decision[] => {
    const becomes = renamed(habits, name)
    if (becomes !== undefined) return [{ name, becomes }]
    return isTaken(name, body, { habits, model }) ? [] : [{ name }]
  })
}

function renamed({ renames = {} }: VendorHabits, name: string): string | undefined {
  return Object.hasOwn(renames, name) ? renames[name] : undefined
}

function isTaken(
  name: string,
  body: JsonObject,
  { habits, model }: { readonly habits: VendorHabits; readonly model: string },
): boolean {
  const { takes, refuses, refusesFor, formats } = habits
  if (takes?.has(name) === false || refuses?.has(name) === true) return false
  if (refusesFor?.members.has(name) === true && refusesFor.models.test(model)) return false
  const format = name === 'response_format' ? memberOf(body.response_format, 'type') : undefined
  return typeof format !== 'string' || formats === undefined || formats.has(format)
}

/** Defaults, and wishes that every server fulfils unasked, are no loss. */
function asksForSomething(name: string, value: JsonValue | undefined): boolean {
  switch (name) {
    case 'n':
      return isGiven(value) && value !== 1
    case 'store':
    case 'logprobs':
      return value === true
    case 'tool_choice':
      return isGiven(value) && value !== 'auto'
    case 'parallel_tool_calls':
      return value === false
    case 'presence_penalty':
    case 'frequency_penalty':
      return isGiven(value) && value !== 0
    case 'stream_options':
      return false
    default:
      return isFilled(value)
  }
}

/** Members whose neutral name each caller's format has its own word for. */
const neutralNames: Readonly<Record<string, NeutralParameter>> = {
  seed: 'seed',
  user: 'endUser',
  n: 'choices',
  stop: 'stop',
  logprobs: 'logprobs',
  top_logprobs: 'logprobs',
  tool_choice: 'toolChoice',
  parallel_tool_calls: 'parallelToolCalls',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
  response_format: 'responseFormat',
  reasoning_effort: 'reasoning',
  service_tier: 'serviceTier',
}
