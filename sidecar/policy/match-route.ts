import { matchesGlob } from '../../crds/resources/glob.ts'
import type { CompiledMatch } from '../../crds/snapshot/policy-snapshot.ts'
import type { CallerRequest } from '../chain/ports.ts'

type Matchable = Pick<CallerRequest, 'model' | 'operation' | 'header'>

/** All that is written must hold; what is absent holds for every request. */
export function matchesRoute(match: CompiledMatch, request: Matchable): boolean {
  return namesModel(match, request) && namesOperation(match, request) && carriesHeaders(match, request)
}

function namesModel({ models }: CompiledMatch, { model }: Matchable): boolean {
  return models === undefined || models.some(glob => matchesGlob(glob, model))
}

function namesOperation({ operations }: CompiledMatch, { operation }: Matchable): boolean {
  return operations === undefined || operations.includes(operation)
}

function carriesHeaders({ headers }: CompiledMatch, request: Matchable): boolean {
  if (headers === undefined) return true
  return headers.every(({ name, value }) => {
    const carried = request.header(name)
    return value === undefined ? carried !== undefined : carried === value
  })
}
