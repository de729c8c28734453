// A path or method that no route takes: told whether it is unknown, used wrongly, or a vendor's that is not served yet.
import { RequestRejected } from '../dialect/request-rejected.ts'
import type { Exchange } from './exchange.ts'
import { pathOf } from './front-door.ts'
import type { Rejection, Rejections } from './rejections.ts'
import { type ErrorShape, findModelList, findSurface, guessFormat } from './surfaces.ts'
import { findUnsupported } from './unsupported-surfaces.ts'

export function refuseUnrouted(exchange: Exchange, rejections: Rejections): void {
  const path = pathOf(exchange.request.url ?? '')
  const shape = guessFormat(path, name => exchange.request.headers[name])
  rejections.reject(exchange, { shape, ...rejectionFor(path, shape) })
}

/** Clients that add a version to their base URL are easily given one that ends in it. */
const versionTwice = /^\/(?:[^/]+\/)?(v\d[a-z]*)\/(?:[^/]+\/)?\1\//

function rejectionFor(
  path: string,
  asker: ErrorShape,
): Pick<Rejection, 'error' | 'headers'> & Partial<Pick<Rejection, 'shape'>> {
  const unsupported = findUnsupported(path, asker)
  if (unsupported !== undefined) {
    const { name, shape } = unsupported
    const error = new RequestRejected(501, 'not_supported_yet', `${name}: not supported yet`)
    return { error, shape }
  }
  if (versionTwice.test(path)) {
    const message =
      'the path has its version twice: this client adds it to the base URL, which must end before it'
    return { error: new RequestRejected(404, 'not_found', message) }
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
