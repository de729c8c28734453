// Method and path → what is asked. Whole paths only; a query is of no use to us, so it makes a path an unknown one.
import { controlPaths } from '../../crds/snapshot/control-frames.ts'
import type { ReportKind } from './hear-report.ts'
import type { Refusal } from './refusal.ts'

export type Asked =
  | { readonly kind: 'stream' }
  | { readonly kind: 'report'; readonly report: ReportKind }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

export function routeRequest(method: string | undefined, path: string | undefined): Asked {
  switch (path) {
    case controlPaths.stream:
      return method === 'GET' ? { kind: 'stream' } : wrongMethod
    case controlPaths.verdict:
      return method === 'POST' ? { kind: 'report', report: 'verdict' } : wrongMethod
    case controlPaths.health:
      return method === 'POST' ? { kind: 'report', report: 'health' } : wrongMethod
    default:
      return { kind: 'refused', refusal: { status: 404, reason: 'unknownPath' } }
  }
}

const wrongMethod: Asked = { kind: 'refused', refusal: { status: 405, reason: 'wrongMethod' } }
