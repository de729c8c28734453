// The paths that callers' SDKs use, as the formats declare them, and what stands behind each.
import type { CallerFormat, Dialect, ModelList, Surface } from '../dialect/dialect.ts'
import type { EmbeddingDialect } from '../dialect/embeddings.ts'
import { allDialects, allEmbeddingDialects, allFormats } from '../dialect/registry.ts'

/** A format on one of its paths. */
export type SpokenSurface = { readonly surface: Surface } & (
  | { readonly kind: 'completion'; readonly dialect: Dialect }
  | { readonly kind: 'embeddings'; readonly dialect: EmbeddingDialect }
)

export interface FoundSurface {
  /** Several where formats share the path: the first that claims the request takes it. */
  readonly spoken: Sharing
  /** Percent-encoded, as it stands in the path; absent where the path names none. */
  readonly model?: string
}

type Sharing = readonly [SpokenSurface, ...SpokenSurface[]]

const spokenSurfaces: readonly SpokenSurface[] = [
  ...allDialects.flatMap(dialect =>
    dialect.surfaces.map(surface => ({ kind: 'completion', dialect, surface }) as const),
  ),
  ...allEmbeddingDialects.flatMap(dialect =>
    dialect.surfaces.map(surface => ({ kind: 'embeddings', dialect, surface }) as const),
  ),
]

const byPath = groupByPath(spokenSurfaces)

const patterns: readonly { readonly pattern: RegExp; readonly spoken: Sharing }[] = [...byPath]
  .filter(([path]) => path.includes('{'))
  .map(([path, spoken]) => ({ pattern: patternOf(path), spoken }))

function groupByPath(surfaces: readonly SpokenSurface[]): ReadonlyMap<string, Sharing> {
  const groups = new Map<string, Sharing>()
  for (const spoken of surfaces) {
    const { path } = spoken.surface
    const known = groups.get(path)
    groups.set(path, known === undefined ? [spoken] : [...known, spoken])
  }
  return groups
}

/** One path may hold more than one name: `{model}` is kept, the others only have to be there. */
function patternOf(path: string): RegExp {
  const source = path
    .split(/(\{[a-z]+\})/)
    .map(piece => {
      if (piece === '{model}') return '(?<model>[^/]+)'
      return piece.startsWith('{') ? '[^/]+' : piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    })
    .join('')
  return new RegExp(`^${source}$`)
}

/** What a POST to this path asks for; undefined where no format has a surface. */
export function findSurface(path: string): FoundSurface | undefined {
  const exact = byPath.get(path) ?? byPath.get(withPlainLetters(path))
  if (exact !== undefined) return { spoken: exact }
  for (const { pattern, spoken } of patterns) {
    const match = pattern.exec(path)
    if (match === null) continue
    const model = match.groups?.['model']
    return { spoken, ...(model !== undefined && { model }) }
  }
  return undefined
}

/** Letters, digits and `-_~` mean the same encoded: some clients encode more than they have to. */
function withPlainLetters(path: string): string {
  if (!path.includes('%')) return path
  return path.replace(/%(?:[46][1-9a-f]|[57][0-9a]|3\d|2d|5f|7e)/gi, code => decodeURIComponent(code))
}

// ── Model lists ────────────────────────────────────────────────────────────────────────────────────────────────────

/** A vendor's model list on one of its paths; `id` is there when a single model is asked for. */
export interface FoundModelList {
  readonly dialect: Dialect
  readonly list: ModelList
  readonly id?: string
}

type HeaderReader = (name: string) => unknown

/** What a GET of this path asks for. Vendors who share a path are told apart by their clients' marks. */
export function findModelList(path: string, header: HeaderReader): FoundModelList | undefined {
  const found: FoundModelList[] = []
  for (const dialect of allDialects) {
    const { models } = dialect
    const base = models?.paths.find(one => path === one || path.startsWith(`${one}/`))
    if (models === undefined || base === undefined) continue
    const id = path.slice(base.length + 1)
    found.push({ dialect, list: models, ...(id !== '' && { id }) })
  }
  return (
    found.find(({ dialect }) => hasMark(dialect, header)) ??
    found.find(({ dialect }) => dialect.marks === undefined) ??
    found[0]
  )
}

// ── Errors where no surface tells the format ───────────────────────────────────────────────────────────────────────

/** How an error looks to the one who asked, also where no format of ours is spoken. */
export type ErrorShape = Pick<CallerFormat, 'encodeError' | 'errorHeaders'> &
  Partial<Pick<CallerFormat, 'habits'>> & { readonly format: string }

const [usual] = allDialects

/** Whose client this is, told by what only one vendor's send. Everybody else understands the first dialect best. */
export function guessFormat(path: string, header: HeaderReader): ErrorShape {
  const onPath = findSurface(path)?.spoken[0].dialect
  const marked = allFormats.find(({ marks }) => marks?.path?.test(path) === true)
  const format = onPath ?? marked ?? allFormats.find(one => hasMark(one, header)) ?? usual
  if (format === undefined) throw new Error('no dialect is registered')
  return format
}

function hasMark({ marks }: CallerFormat, header: HeaderReader): boolean {
  return marks?.headers.some(name => header(name) !== undefined) === true
}
