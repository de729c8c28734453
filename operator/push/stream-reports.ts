// The body of a request for a stream as it comes: reports, a line each, for as long as the stream lives. A sidecar has nothing
// to say before the hello frame; who speaks earlier is none.
import { LineCollector } from '../../crds/snapshot/collect-lines.ts'
import { longestReport } from '../../crds/snapshot/control-frames.ts'
import { ChunkDecoder } from './decode-chunks.ts'

export interface ReportListener {
  line(line: Buffer): void
  /** What came is no body of reports. Called once, last. One phrase without what was sent. */
  broken(problem: string): void
  /** The other end has said its last. Called once, last. */
  ended(): void
}

export class StreamReports {
  readonly #chunks = new ChunkDecoder()
  readonly #lines = new LineCollector(longestReport, line => this.#listener.line(line))
  #listener: ReportListener
  #isOver = false
  #isTooLong = false

  /** @param listener until there is another. */
  constructor(listener: ReportListener) {
    this.#listener = listener
  }

  /** Who is told from now on. */
  hear(listener: ReportListener): void {
    this.#listener = listener
  }

  push(bytes: Buffer): void {
    if (this.#isOver) return
    const result = this.#chunks.push(bytes, this.#takeData)
    if (this.#isTooLong) return this.#end(`a line has more than ${longestReport} bytes`)
    if (result === 'broken') return this.#end('the body is not chunked as it should be')
    if (result === 'more') return
    this.#isOver = true
    this.#listener.ended()
  }

  readonly #takeData = (data: Buffer): void => {
    if (!this.#isTooLong) this.#isTooLong = !this.#lines.push(data)
  }

  #end(problem: string): void {
    this.#isOver = true
    this.#listener.broken(problem)
  }
}
