import type { CompletionReply, Finish } from '../dialect/completion.ts'
import type { EmbeddingReply } from '../dialect/embeddings.ts'
import { encodeWhole } from './caller-voice.ts'
import { answerId, encodeAsStream } from './encode-as-stream.ts'
import type { PendingReply } from './pending-reply.ts'
import { requestIdHeader } from './request-id-header.ts'
import type { ServedAnswer } from './served-answer.ts'

/** An answer that came as one piece: the provider's bytes where the caller reads its format, else encoded for it. */
export function writeWhole(pending: PendingReply, served: ServedAnswer<'whole'>): void {
  const { reply, headers, path } = served
  const { exchange, voice, session } = pending.parts
  const { native } = reply
  const { completion, embedding } = nameAnswer(pending, served)
  const ids = requestIdHeader(pending.format, { own: exchange.id, upstream: native?.headers })
  if (pending.stream !== undefined) {
    if (completion === undefined)
      throw new Error('a stream was answered with something that is no completion')
    encodeAsStream(pending, completion, { ...headers, ...ids })
  } else {
    const body =
      native?.body ??
      encodeWhole(voice, { ...(completion && { completion }), ...(embedding && { embedding }) })
    const type = native?.headers['content-type'] ?? 'application/json'
    pending.sendBytes(native?.status ?? 200, body, { ...headers, ...ids, 'content-type': type })
    if (session.wantsAnswer() && isWorthKeeping(reply)) session.storeAnswer({ kind: 'whole', bytes: body })
  }
  session.firstByteWritten()
  pending.finish({ outcome: 'success', status: pending.statusSeen, path })
}

/** Bedrock and Cohere tell no model, and Bedrock no id; callers of other formats find both in every answer. */
function nameAnswer(pending: PendingReply, { reply, step }: ServedAnswer<'whole'>) {
  const { completion, embedding } = reply
  const model = step.origin?.model ?? ''
  return {
    completion: completion && {
      ...completion,
      id: completion.id || answerId(pending),
      model: completion.model || model,
    },
    embedding: embedding && { ...embedding, model: embedding.model || model },
  }
}

const goodEnds: readonly (Finish | null)[] = ['stop', 'tool_calls']

/** Only a complete, unfiltered answer. */
function isWorthKeeping(reply: {
  readonly completion?: CompletionReply
  readonly embedding?: EmbeddingReply
}): boolean {
  const { completion, embedding } = reply
  if (completion === undefined) return embedding !== undefined
  return completion.choices.length > 0 && completion.choices.every(choice => goodEnds.includes(choice.finish))
}
