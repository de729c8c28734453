// An answer from the cache, as a stream or whole, whichever is asked now and whichever it was when it was kept.
import type { CachedAnswer } from '../chain/ports.ts'
import type { CompletionReply, JsonObject, StreamPart } from '../dialect/completion.ts'
import type { Dialect } from '../dialect/dialect.ts'
import { encodeAsStream } from './encode-as-stream.ts'
import type { PendingReply } from './pending-reply.ts'
import { collectReply } from './reply-parts.ts'
import { requestIdHeader } from './request-id-header.ts'
import { jsonBytes } from './send-bytes.ts'
import type { ServedAnswer } from './served-answer.ts'
import { frameEvent, readFrames } from './stream-framing.ts'
import { withoutUsage } from './strip-usage.ts'

type StoredBody = CachedAnswer['body']

export function writeStored(pending: PendingReply, { reply, headers, path }: ServedAnswer<'stored'>): void {
  const { exchange, session } = pending.parts
  const all = { ...headers, ...requestIdHeader(pending.format, { own: exchange.id, upstream: undefined }) }
  const { body } = reply.answer
  if (pending.stream === undefined) pending.sendBytes(200, asWhole(body, pending), all)
  else if (body.kind === 'whole') encodeAsStream(pending, decodeWhole(body.bytes, pending.dialect), all)
  else if (pending.completion.framing !== 'sse') {
    encodeAsStream(pending, collectReply(partsIn(body.text, pending.dialect)), all)
  } else {
    const { dialect, wantsUsage } = pending.completion
    pending.stream.open({ ...pending.headers, ...all })
    pending.stream.end(wantsUsage ? body.text : hideUsage(body.text, dialect))
  }
  session.firstByteWritten()
  pending.finish({ outcome: 'success', status: pending.statusSeen, path })
}

function asWhole(body: StoredBody, pending: PendingReply): Buffer {
  if (body.kind === 'whole') return body.bytes
  const { dialect } = pending
  return jsonBytes(dialect.encodeReply(collectReply(partsIn(body.text, dialect))))
}

function partsIn(text: string, dialect: Dialect): readonly StreamPart[] {
  const decoder = dialect.decodeStream()
  return readFrames(text).flatMap(event => decoder.decode(event) ?? [])
}

function decodeWhole(bytes: Buffer, dialect: Dialect): CompletionReply {
  // Only answers that were decoded once are kept, so this one can be decoded again.
  const body = JSON.parse(bytes.toString('utf8')) as JsonObject
  const decoded = dialect.decodeReply(body)
  if (decoded.kind === 'failed') throw new Error('a kept answer cannot be read any more')
  return decoded.reply
}

function hideUsage(text: string, dialect: Dialect): string {
  const decoder = dialect.decodeStream()
  let shown = ''
  for (const event of readFrames(text)) {
    const hasUsage = decoder.decode(event)?.some(part => part.kind === 'usage') ?? false
    const data = hasUsage ? withoutUsage(event.data) : event.data
    if (data !== undefined) shown += frameEvent(event.event, data)
  }
  return shown
}
