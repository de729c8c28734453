import { manualFloorReason } from '../../crds/vocabulary.ts'
import type { CompletionReply } from '../dialect/completion.ts'
import { answerId, encodeAsStream } from './encode-as-stream.ts'
import type { PendingReply } from './pending-reply.ts'
import { requestIdHeader } from './request-id-header.ts'
import { jsonBytes } from './send-bytes.ts'
import type { ServedAnswer } from './served-answer.ts'

/** The text that a person wrote for the day when nothing else answers. No text is a vector, so callers of embeddings get it as an error. */
export function writeManual(pending: PendingReply, { reply, headers, path }: ServedAnswer<'manual'>): void {
  const { exchange, voice, session } = pending.parts
  const all = { ...headers, ...requestIdHeader(pending.format, { own: exchange.id, upstream: undefined }) }
  if (reply.status === 503 || voice.kind === 'embeddings') {
    const error = { status: 503, code: manualFloorReason, message: reply.text, requestId: exchange.id }
    pending.sendError(error, all)
  } else {
    const completion = manualCompletion(pending, reply.text)
    if (pending.stream !== undefined) encodeAsStream(pending, completion, all)
    else pending.sendBytes(200, jsonBytes(voice.dialect.encodeReply(completion)), all)
  }
  session.firstByteWritten()
  pending.finish({ outcome: 'success', status: pending.statusSeen, path })
}

/** A normal end and no tokens, so that every client takes it for an answer. */
function manualCompletion(pending: PendingReply, text: string): CompletionReply {
  const { caller, context } = pending.parts
  return {
    id: answerId(pending),
    model: caller.model,
    created: Math.floor(context.clock.wallTime() / 1000),
    choices: [{ content: [{ kind: 'text', text }], finish: 'stop', vendorFinish: null }],
    usage: { input: 0, output: 0 },
  }
}
