import type { CompletionReply, Finish } from '../dialect/completion.ts'
import { encodeAsStream } from './encode-as-stream.ts'
import type { PendingReply } from './pending-reply.ts'
import { requestIdHeader } from './request-id-header.ts'
import { jsonBytes } from './send-bytes.ts'
import type { ServedAnswer } from './served-answer.ts'

/** An answer that came as one piece: the provider's bytes where the caller reads its dialect, else encoded for it. */
export function writeWhole(pending: PendingReply, served: ServedAnswer<'whole'>): void {
  const { reply, headers, path } = served
  const { exchange, dialect, session } = pending.parts
  const { native, completion } = reply
  const ids = requestIdHeader(dialect.format, { own: exchange.id, upstream: native?.headers })
  if (pending.stream !== undefined) {
    if (completion === undefined)
      throw new Error('a stream was answered with something that is no completion')
    encodeAsStream(pending, completion, { ...headers, ...ids })
  } else {
    const body = native?.body ?? encodeCompletion(pending, completion)
    const type = native?.headers['content-type'] ?? 'application/json'
    pending.sendBytes(native?.status ?? 200, body, { ...headers, ...ids, 'content-type': type })
    if (session.wantsAnswer() && isWorthKeeping(completion))
      session.storeAnswer({ kind: 'whole', bytes: body })
  }
  session.firstByteWritten()
  pending.finish({ outcome: 'success', status: pending.statusSeen, path })
}

function encodeCompletion(pending: PendingReply, completion: CompletionReply | undefined): Buffer {
  if (completion === undefined) throw new Error('an answer of another dialect has not been decoded')
  return jsonBytes(pending.parts.dialect.encodeReply(completion))
}

const goodEnds: readonly (Finish | null)[] = ['stop', 'tool_calls']

/** Only a complete, unfiltered answer. */
function isWorthKeeping(completion: CompletionReply | undefined): boolean {
  if (completion === undefined || completion.choices.length === 0) return false
  return completion.choices.every(choice => goodEnds.includes(choice.finish))
}
