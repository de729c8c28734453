// Reads what the sidecar says about an answer in its response headers.

export interface Verdict {
  readonly requestId: string | undefined
  readonly policy: string | undefined
  readonly route: string | undefined
  /** The step that served, with its provider and model where it has them. */
  readonly served: { readonly step: string; readonly provider?: string; readonly model?: string } | undefined
  readonly hop: number | undefined
  readonly reason: string | undefined
  readonly attempts: string | undefined
  readonly cache: string | undefined
  readonly drops: string | undefined
  readonly would: string | undefined
}

/** @param headers anything with a `get`, such as the `Headers` of fetch and of the SDKs. */
export function readVerdict(headers: { get(name: string): string | null }): Verdict {
  const value = (name: string) => headers.get(`x-llm-fallback-${name}`) ?? undefined
  const served = value('served')
  const hop = value('hop')
  return {
    requestId: value('request-id'),
    policy: value('policy'),
    route: value('route'),
    served: served === undefined ? undefined : readServed(served),
    hop: hop === undefined ? undefined : Number(hop),
    reason: value('reason'),
    attempts: value('attempts'),
    cache: value('cache'),
    drops: value('drops'),
    would: value('would'),
  }
}

function readServed(text: string): NonNullable<Verdict['served']> {
  const [step = '', ...parameters] = text.split(';')
  const named = new Map<string, string>()
  for (const parameter of parameters) {
    const match = /^\s*([a-z]+)="((?:[^"\\]|\\.)*)"$/.exec(parameter)
    if (match) named.set(match[1] ?? '', match[2] ?? '')
  }
  const provider = named.get('provider')
  const model = named.get('model')
  return {
    step,
    ...(provider === undefined ? {} : { provider }),
    ...(model === undefined ? {} : { model }),
  }
}
