// A path or method that no route takes: told whether it is unknown, used wrongly, or a vendor's that is not served yet.
import { RequestRejected } from '../dialect/request-rejected.ts'
import type { Exchange } from './exchange.ts'
import { pathOf } from './front-door.ts'
import type { Rejection, Rejections } from './rejections.ts'
import { findModelList, findSurface, guessFormat } from './surfaces.ts'
import { findUnsupported } from './unsupported-surfaces.ts'

export function refuseUnrouted(exchange: Exchange, rejections: Rejections): void {
  const path = pathOf(exchange.request.url ?? '')
  const shape = guessFormat(path, name => exchange.request.headers[name])
  rejections.reject(exchange, { shape, ...rejectionFor(path) })
}

function rejectionFor(
  path: string,
): Pick<Rejection, 'error' | 'headers'> & Partial<Pick<Rejection, 'shape'>> {
  const unsupported = findUnsupported(path)
  if (unsupported !== undefined) {
    const { name, shape } = unsupported
    const error = new RequestRejected(501, 'not_supported_yet', `${name}: not supported yet`)
    return { error, ...(shape && { shape }) }
  }
  const allow = allowedMethod(path)
  if (allow !== undefined) {
    const error = new RequestRejected(405, 'method_not_allowed', `this path takes ${allow} only`)
    return { error, headers: { allow } }
  }
  // The path itself stays out of the answer: nothing of a request is echoed.
  return { error: new RequestRejected(404, 'not_found', 'there is nothing under this path') }
}

function allowedMethod(path: string): 'GET' | 'POST' | undefined {
  if (findSurface(path) !== undefined) return 'POST'
  return findModelList(path, () => undefined) === undefined ? undefined : 'GET'
}
