// In which format a request was made, and what that makes of it.
import type { CallerRequest, Preparation } from '../chain/ports.ts'
import type { RequestHead, Surface } from '../dialect/dialect.ts'
import type { ParsedBody } from '../dialect/parse-body.ts'
import { RequestRejected } from '../dialect/request-rejected.ts'
import { prepareCall } from '../dialect/translate.ts'
import { prepareEmbedding } from '../dialect/translate-embeddings.ts'
import type { CallerVoice } from './caller-voice.ts'
import type { Exchange } from './exchange.ts'
import { once } from './once.ts'
import type { FoundSurface, SpokenSurface } from './surfaces.ts'

/** A format on one of its paths, with what this request says outside its body. */
export type SpokenRequest = SpokenSurface & { readonly head: RequestHead }

export function headOf(exchange: Exchange, surface: Surface, model: string | undefined): RequestHead {
  const query = once(() => {
    const target = exchange.request.url ?? ''
    const start = target.indexOf('?')
    return new URLSearchParams(start === -1 ? '' : target.slice(start + 1))
  })
  return {
    surface,
    ...(model !== undefined && { model }),
    ...(surface.stream !== undefined && { stream: surface.stream }),
    query: name => query().get(name) ?? undefined,
    header: name => exchange.header(name),
  }
}

/** @throws RequestRejected 400 when no format of a shared path reads such a body. */
export function chooseSpoken(
  found: FoundSurface,
  body: ParsedBody,
  makeHead: (surface: Surface) => RequestHead,
): SpokenRequest {
  for (const spoken of found.spoken) {
    const head = makeHead(spoken.surface)
    const { dialect } = spoken
    if (dialect.claims === undefined || dialect.claims(body.head, head)) return { ...spoken, head }
  }
  throw new RequestRejected(400, 'bad_request', 'no request of this kind is known under this path')
}

interface Speech {
  readonly voice: CallerVoice
  readonly stream: boolean
  readonly prepare: CallerRequest['prepare']
}

export function speak(spoken: SpokenRequest, body: ParsedBody, wallTime: () => number): Speech {
  return spoken.kind === 'completion'
    ? speakOfCompletion(spoken, body, wallTime)
    : speakOfEmbeddings(spoken, body, wallTime)
}

type Spoken<Kind extends SpokenRequest['kind']> = Extract<SpokenRequest, { kind: Kind }>

function speakOfCompletion(
  { dialect, head }: Spoken<'completion'>,
  body: ParsedBody,
  wallTime: () => number,
): Speech {
  const stream = head.surface.endpoint === 'completion' && dialect.wantsStream(body.head, head)
  const decoded = once(() => dialect.decodeRequest(body.json, head))
  return {
    voice: {
      kind: 'completion',
      dialect,
      framing: dialect.framing(head),
      wantsUsage: dialect.wantsUsage(body.head),
    },
    stream,
    prepare: (provider, target) =>
      orMalformed(() =>
        prepareCall({ caller: dialect, head, body, stream, provider, target, decoded, wallTime }),
      ),
  }
}

function speakOfEmbeddings(
  { dialect, head }: Spoken<'embeddings'>,
  body: ParsedBody,
  wallTime: () => number,
): Speech {
  const decoded = once(() => dialect.decodeRequest(body.json, head))
  return {
    voice: { kind: 'embeddings', dialect, spelling: () => decoded().spelling },
    stream: false,
    prepare: (provider, target) =>
      orMalformed(() =>
        prepareEmbedding({ caller: dialect, head, body, provider, target, decoded, wallTime }),
      ),
  }
}

/** Only a translation reads the whole request, so only it finds out that one is not valid in its own format. */
function orMalformed(prepare: () => Preparation): Preparation {
  try {
    return prepare()
  } catch (error) {
    if (error instanceof RequestRejected) return { kind: 'malformed', rejection: error }
    throw error
  }
}
