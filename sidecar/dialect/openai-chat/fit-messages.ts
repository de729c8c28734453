// The messages of a chat request as the server behind an endpoint takes them. Histories carry what other servers said in
// members of their own, above all reasoning: most servers pass over those, a few refuse the whole request for them.
import type { JsonObject, JsonValue } from '../completion.ts'
import { isFilled, isJsonList, isJsonObject, textIn } from '../json-value.ts'
import { reasoningMembers, type VendorHabits } from './vendor-habits.ts'

export interface FittedMessages {
  readonly messages: readonly JsonValue[]
  /** What was left out and said something, as `messages.…`. */
  readonly drops: readonly string[]
}

/** Undefined where the messages are taken as they are. */
export function fitMessages(
  { messages }: JsonObject,
  habits: VendorHabits | undefined,
): FittedMessages | undefined {
  if (habits === undefined || !isJsonList(messages)) return undefined
  const drops = new Set<string>()
  const fitted = messages.map(message => fitMessage(message, habits, drops))
  return fitted.every((message, index) => message === messages[index])
    ? undefined
    : { messages: fitted, drops: [...drops] }
}

function fitMessage(message: JsonValue, habits: VendorHabits, drops: Set<string>): JsonValue {
  if (!isJsonObject(message)) return message
  const refused = Object.keys(message).filter(name => !isTaken(name, message, habits))
  if (refused.length === 0) return message
  const fitted = new Map(Object.entries(message))
  for (const name of refused) {
    const value = fitted.get(name)
    fitted.delete(name)
    const own = isReasoning(name) ? habits.reasoningBack : undefined
    if (own !== undefined && value !== undefined && !isFilled(fitted.get(own))) fitted.set(own, value)
    else if (isFilled(value)) drops.add(`messages.${name}`)
  }
  return Object.fromEntries(fitted)
}

function isTaken(name: string, message: JsonObject, habits: VendorHabits): boolean {
  const { takesInMessages = {}, refusesInMessages } = habits
  const role = textIn(message.role) ?? ''
  const taken = Object.hasOwn(takesInMessages, role) ? takesInMessages[role] : undefined
  return taken?.has(name) !== false && refusesInMessages?.has(name) !== true
}

function isReasoning(name: string): boolean {
  return reasoningMembers.some(member => member === name)
}
