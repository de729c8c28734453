// What goes up the stream, a line each: the newest verdict and the newest health. While the other end does not take what it
// has, newer ones replace those that wait, so that no more than one of each ever does.
import { reportLine, type VerdictReport } from '../../crds/snapshot/control-frames.ts'

export class ReportLines {
  readonly #write: (line: string) => boolean
  #verdict: string | undefined
  #health: string | undefined

  /** @param write false: the line was not taken, `flush` will be called. */
  constructor(write: (line: string) => boolean) {
    this.#write = write
  }

  tellVerdict(report: VerdictReport): void {
    this.#verdict = reportLine(report)
    this.flush()
  }

  /** @param line as `healthLine` makes it. */
  tellHealth(line: string): void {
    this.#health = line
    this.flush()
  }

  /** There may be room again. Verdicts go first: somebody waits for them. */
  flush(): void {
    if (this.#verdict !== undefined) {
      if (!this.#write(this.#verdict)) return
      this.#verdict = undefined
    }
    if (this.#health !== undefined && this.#write(this.#health)) this.#health = undefined
  }
}
