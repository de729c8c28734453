// What a request says outside its body, for tests that have no server.
import type { CallerFormat, RequestHead } from '../../sidecar/dialect/dialect.ts'

export interface HeadWish {
  readonly model?: string
  readonly stream?: boolean
  readonly endpoint?: RequestHead['surface']['endpoint']
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

/** The head of a request on the first surface of the format that fits the wish. */
export function headFor(format: Pick<CallerFormat, 'surfaces' | 'format'>, wish: HeadWish = {}): RequestHead {
  const { surfaces } = format
  const endpoint = wish.endpoint ?? surfaces[0]?.endpoint
  const fitting = surfaces.filter(surface => surface.endpoint === endpoint)
  const surface =
    fitting.find(one => one.stream !== undefined && one.stream === (wish.stream ?? false)) ?? fitting[0]
  if (surface === undefined) throw new Error(`${format.format} has no surface for ${endpoint}`)
  const { model, query = {}, headers = {} } = wish
  return {
    surface,
    ...(model !== undefined && surface.path.includes('{model}') && { model }),
    ...(surface.stream !== undefined && { stream: surface.stream }),
    query: name => query[name],
    header: name => headers[name],
  }
}

/** The head of a recorded or raw request, whose surface is found by its path; undefined when the format has none there. */
export function findHead(
  format: Pick<CallerFormat, 'surfaces' | 'format'>,
  target: string,
  headers: Readonly<Record<string, string>> = {},
): RequestHead | undefined {
  const url = new URL(target, 'http://localhost')
  for (const surface of format.surfaces) {
    const match = patternOf(surface.path).exec(url.pathname)
    if (match === null) continue
    const model = match.groups?.['model']
    return {
      surface,
      ...(model !== undefined && { model: decodeURIComponent(model) }),
      ...(surface.stream !== undefined && { stream: surface.stream }),
      query: name => url.searchParams.get(name) ?? undefined,
      header: name => headers[name],
    }
  }
  return undefined
}

function patternOf(path: string): RegExp {
  const escaped = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace('{model}', '(?<model>[^/]+)')
  return new RegExp(`^${escaped.replace(/\{[a-z]+\}/g, '[^/]+')}$`)
}
