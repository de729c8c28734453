// The only place that reads the environment. (Written with the assembly.)
export interface DataListenerSettings {
  readonly host: string
  readonly port: number
  /** Largest request body in bytes. */
  readonly maxBodyBytes: number
}
