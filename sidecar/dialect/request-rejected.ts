/** The caller's request cannot be served as it is written. Rendered in one place, in the caller's dialect. */
export class RequestRejected extends Error {
  readonly status: number
  /** Snake case, e.g. `bad_request`, `no_route`, `body_too_large`. */
  readonly code: string
  /** JSON path or header name at fault. */
  readonly parameter?: string

  /** @param message public words only: it goes to the caller and may name fields and limits, never values. */
  constructor(status: number, code: string, message: string, parameter?: string) {
    super(message)
    this.name = 'RequestRejected'
    this.status = status
    this.code = code
    if (parameter !== undefined) this.parameter = parameter
  }
}
