// A complete generateContent answer, of AI Studio and of Vertex.
import { classifyInBandError } from '../../failure/classify-in-band.ts'
import type { Failure } from '../../failure/failure.ts'
import type { Choice, Citation, CompletionReply, JsonObject, ReplyPart, TextPart } from '../completion.ts'
import type { DecodedReply } from '../dialect.ts'
import { isGiven, isJsonList, isJsonObject, memberOf, numberIn, textIn } from '../json-value.ts'
import { readCitations } from './citations.ts'
import { brokenCallIn, readFinish } from './finish-reasons.ts'
import { readLogprobs } from './logprobs.ts'
import { partsIn, readPart } from './read-parts.ts'
import { readUsage } from './usage.ts'

/** Never throws: a body that is no answer is a failure, whatever its status was. */
export function decodeReply(body: JsonObject): DecodedReply {
  const usage = readUsage(body.usageMetadata)
  const candidates = isJsonList(body.candidates) ? body.candidates.filter(isJsonObject) : []
  const failure = failureIn(body, candidates)
  if (failure !== undefined) return { kind: 'failed', failure, ...(usage && { usage }) }
  const id = textIn(body.responseId) ?? ''
  const blockReason = blockReasonIn(body)
  const created = createdIn(body)
  const reply: CompletionReply = {
    id,
    model: textIn(body.modelVersion) ?? '',
    ...(created !== undefined && { created }),
    choices:
      candidates.length === 0 && blockReason !== undefined
        ? [{ content: [], finish: 'content_filter', vendorFinish: blockReason }]
        : candidates.map((candidate, index) => readCandidate(candidate, id, index)),
    ...(usage && { usage }),
  }
  return { kind: 'reply', reply }
}

/** An error where an answer belongs, or an answer that the server itself calls broken. */
export function failureIn(body: JsonObject, candidates: readonly JsonObject[]): Failure | undefined {
  // The whole body: the wait that Google asks for stands beside the error, not in it.
  if (isGiven(body.error)) return classifyInBandError({ dialect: 'Gemini', error: body })
  for (const { finishReason } of candidates) {
    const broken = brokenCallIn(textIn(finishReason))
    if (broken !== undefined) return broken
  }
  return undefined
}

/** Why nothing was made of the prompt, as a finish reason. */
export function blockReasonIn(body: JsonObject): string | undefined {
  const reason = textIn(memberOf(body.promptFeedback, 'blockReason'))
  return reason === undefined ? undefined : `promptFeedback:${reason}`
}

/** Vertex says when it answered. */
export function createdIn(body: JsonObject): number | undefined {
  const milliseconds = Date.parse(textIn(body.createTime) ?? '')
  return milliseconds > 0 ? Math.floor(milliseconds / 1000) : undefined
}

function readCandidate(candidate: JsonObject, replyId: string, place: number): Choice {
  const origin = { replyId, choice: numberIn(candidate.index) ?? place }
  const content: ReplyPart[] = []
  let calls = 0
  for (const part of partsIn(candidate)) {
    const read = readPart(part, origin, calls)
    if (read === undefined) continue
    if (read.kind === 'toolCall') calls += 1
    content.push(read)
  }
  const vendorFinish = textIn(candidate.finishReason) ?? null
  const logprobs = readLogprobs(candidate.logprobsResult)
  return {
    content: withCitations(content, candidate),
    finish: vendorFinish === null ? null : readFinish(vendorFinish, calls > 0),
    vendorFinish,
    ...(logprobs !== undefined && { logprobs }),
  }
}

/** Offsets count through all the text of a candidate; they are kept where one part holds it all. */
function withCitations(content: readonly ReplyPart[], candidate: JsonObject): readonly ReplyPart[] {
  const texts = content.filter(part => part.kind === 'text')
  const [only] = texts
  const last = texts.at(-1)
  if (only === undefined || last === undefined) return content
  const citations = readCitations(candidate, only.text)
  if (citations.length === 0) return content
  const cited: TextPart = {
    ...last,
    citations: texts.length === 1 ? citations : citations.map(withoutOffsets),
  }
  return content.map(part => (part === last ? cited : part))
}

function withoutOffsets({ start: _start, end: _end, ...citation }: Citation): Citation {
  return citation
}
