// Names of tools as the target takes them, and back again in what it answers. Vendors differ in length and characters, and a
// name that one of them refuses would end the walk with a 400.
import { createHash } from 'node:crypto'
import type { CompletionReply, CompletionRequest, Message, ReplyPart, StreamPart } from './completion.ts'
import type { Dialect } from './dialect.ts'

export interface FittedRequest {
  readonly request: CompletionRequest
  /** The caller's names by those that were written in their place. */
  readonly callersNames: ReadonlyMap<string, string>
}

/** @param takes what a name may be at the target; absent: anything. Undefined where every name may stay as it is. */
export function fitToolNames(
  request: CompletionRequest,
  takes: RegExp | undefined,
): FittedRequest | undefined {
  if (takes === undefined) return undefined
  const names = namesIn(request)
  const refused = [...names].filter(name => !takes.test(name))
  if (refused.length === 0) return undefined
  const fitted = new Map<string, string>()
  for (const name of refused) {
    const free = candidatesFor(name).find(word => takes.test(word) && !names.has(word))
    // The last candidate is long enough never to meet another name, and plain enough for every vendor.
    if (free === undefined) continue
    names.add(free)
    fitted.set(name, free)
  }
  const callersNames = new Map([...fitted].map(([name, free]) => [free, name]))
  return { request: rename(request, name => fitted.get(name) ?? name), callersNames }
}

function namesIn({ tools, messages }: CompletionRequest): Set<string> {
  const names = new Set(tools.map(tool => tool.name))
  for (const { content } of messages) {
    for (const part of content) if (part.kind === 'toolCall') names.add(part.name)
  }
  return names
}

/** Nearest first. The same name gets the same words in every request that declares the same tools. */
function candidatesFor(name: string): readonly string[] {
  const dashed = name.replace(/[^a-zA-Z0-9_-]/g, '_')
  const plain = dashed.replaceAll('-', '_')
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8)
  return [dashed, plain, `_${plain}`, `${plain.slice(0, 50)}_${digest}`, `t_${plain.slice(0, 50)}_${digest}`]
}

function rename(request: CompletionRequest, fit: (name: string) => string): CompletionRequest {
  const { toolChoice } = request
  return {
    ...request,
    tools: request.tools.map(tool => ({ ...tool, name: fit(tool.name) })),
    messages: request.messages.map(message => renameCalls(message, fit)),
    ...(toolChoice?.kind === 'tool' && { toolChoice: { ...toolChoice, name: fit(toolChoice.name) } }),
  }
}

function renameCalls(message: Message, fit: (name: string) => string): Message {
  if (!message.content.some(part => part.kind === 'toolCall')) return message
  const content = message.content.map(part =>
    part.kind === 'toolCall' ? { ...part, name: fit(part.name) } : part,
  )
  return { ...message, content }
}

/** The dialect, with the caller's names in everything that it reads. */
export function withCallersNames(dialect: Dialect, callersNames: FittedRequest['callersNames']): Dialect {
  const restorePart = <Part extends ReplyPart | StreamPart>(part: Part): Part => {
    if (part.kind !== 'toolCall' && part.kind !== 'toolCallStart') return part
    return { ...part, name: callersNames.get(part.name) ?? part.name }
  }
  return {
    ...dialect,
    decodeReply(body) {
      const decoded = dialect.decodeReply(body)
      if (decoded.kind === 'failed') return decoded
      return { kind: 'reply', reply: restoreReply(decoded.reply, restorePart) }
    },
    decodeStream() {
      const decoder = dialect.decodeStream()
      return {
        decode: event => decoder.decode(event)?.map(restorePart),
        end: () => (decoder.end?.() ?? []).map(restorePart),
      }
    },
  }
}

function restoreReply(reply: CompletionReply, restorePart: (part: ReplyPart) => ReplyPart): CompletionReply {
  const choices = reply.choices.map(choice => ({ ...choice, content: choice.content.map(restorePart) }))
  return { ...reply, choices }
}
