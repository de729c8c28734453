import { formatWithin, type ResourceProblem } from '../../crds/resources/problem.ts'
import type { RefusalCause } from './admission-review.ts'

/** Whoever has more to put right begins with these. */
const mostCauses = 30

/** One for each problem, in their order, the value that was given in its message. */
export function toCauses(problems: readonly ResourceProblem[]): readonly RefusalCause[] {
  const shown = problems.slice(0, mostCauses).map(problem => ({
    path: problem.path,
    message: formatWithin({ ...problem, path: '' }),
  }))
  const rest = problems.length - shown.length
  return rest > 0 ? [...shown, { path: '', message: `and ${rest} more` }] : shown
}
