// A small client of the API server for tests: plain requests, many at a time, no library between the test and the wire.
import { Agent, request } from 'undici'
import { parseRecord } from '../simulated-vendors/json.ts'

const withinMs = 30_000

export type ApiMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** How a PATCH is meant, by its content type. */
export const patchTypes = {
  merge: 'application/merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const

export interface ApiRequest {
  /** Absent: JSON; for a PATCH a merge patch. */
  readonly contentType?: string
  /** Absent: the administrator's. */
  readonly token?: string
}

export interface ApiAnswer {
  readonly status: number
  /** The answer as JSON; empty when it is none. */
  readonly body: Readonly<Record<string, unknown>>
  readonly text: string
}

export interface ApiClient {
  /** Whatever the server says, refusals included. Rejects when it cannot be reached. */
  request(method: ApiMethod, path: string, body?: unknown, options?: ApiRequest): Promise<ApiAnswer>
  /** @throws Error with the server's words when it refuses. */
  expect(method: ApiMethod, path: string, body?: unknown, options?: ApiRequest): Promise<ApiAnswer['body']>
  close(): Promise<void>
}

export function createApiClient(server: {
  readonly url: string
  readonly ca: string
  readonly token: string
}): ApiClient {
  const dispatcher = new Agent({ connect: { ca: server.ca }, connections: 32 })
  const ask: ApiClient['request'] = async (method, path, body, options = {}) => {
    const contentType = options.contentType ?? (method === 'PATCH' ? patchTypes.merge : 'application/json')
    const answer = await request(`${server.url}${path}`, {
      method,
      dispatcher,
      headers: {
        authorization: `Bearer ${options.token ?? server.token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(withinMs),
    })
    const text = await answer.body.text()
    return { status: answer.statusCode, body: parseRecord(text) ?? {}, text }
  }
  return {
    request: ask,
    async expect(method, path, body, options) {
      const answer = await ask(method, path, body, options)
      if (answer.status < 300) return answer.body
      throw new Error(`${method} ${path} was answered with ${answer.status}: ${answer.text}`)
    },
    close: () => dispatcher.destroy(),
  }
}
