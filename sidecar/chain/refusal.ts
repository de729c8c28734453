import type { CompletionReply, Finish, StreamPart } from '../dialect/completion.ts'
import type { Failure } from '../failure/failure.ts'

/** The provider's model or filter would not answer. Undefined for an answer. */
export function refusalFailure(reply: CompletionReply): Failure | undefined {
  const finish = reply.choices[0]?.finish
  return isRefused(finish ?? undefined) ? refused : undefined
}

/** The same for a stream that has shown no content yet. */
export function refusalInPart(part: StreamPart): Failure | undefined {
  if (part.kind === 'refusal' && part.text !== '') return refused
  return part.kind === 'finish' && isRefused(part.finish) ? refused : undefined
}

function isRefused(finish: Finish | undefined): boolean {
  return finish === 'refusal' || finish === 'content_filter'
}

const refused: Failure = {
  kind: 'GuardrailBlocked',
  detail: 'the provider refused or filtered the answer',
  status: 200,
}
