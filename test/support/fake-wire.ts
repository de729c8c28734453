// A wire to the operator without a network: a test plays the operator's side, line by line.
import { type ControlFrame, frameLine } from '../../crds/snapshot/control-frames.ts'
import type { Connect, ConnectionEnd, ConnectionListener } from '../../sidecar/control/connection-port.ts'
import { recordOf } from './simulated-vendors/json.ts'

export class FakeWire {
  /** Digests that were named as live, one for each connect. */
  readonly connects: (string | undefined)[] = []
  /** Lines that went up. */
  readonly lines: string[] = []
  closes = 0
  #listener: ConnectionListener | undefined
  #isFull = false

  readonly connect: Connect = ({ live }, listener) => {
    this.connects.push(live)
    this.#listener = listener
    return {
      write: line => {
        if (!this.#isFull) this.lines.push(line)
        return !this.#isFull
      },
      close: () => {
        this.closes += 1
        if (this.#listener === listener) this.#listener = undefined
      },
    }
  }

  get isOpen(): boolean {
    return this.#listener !== undefined
  }

  send(...frames: readonly ControlFrame[]): void {
    this.sendText(frames.map(frameLine).join(''))
  }

  sendText(text: string): void {
    this.#listener?.data(Buffer.from(text))
  }

  hello(heartbeatMs = 10_000): void {
    this.send({ kind: 'hello', protocol: 1, heartbeatMs })
  }

  end(end: ConnectionEnd): void {
    const listener = this.#listener
    this.#listener = undefined
    listener?.ended(end)
  }

  /** Takes no line until `makeRoom`. */
  fill(): void {
    this.#isFull = true
  }

  makeRoom(): void {
    this.#isFull = false
    this.#listener?.hasRoom()
  }

  get verdicts(): readonly Readonly<Record<string, unknown>>[] {
    return this.#reports('verdict')
  }

  get healthReports(): readonly Readonly<Record<string, unknown>>[] {
    return this.#reports('health')
  }

  /** Without their kind. */
  #reports(wanted: string): readonly Readonly<Record<string, unknown>>[] {
    const reports = this.lines.map(line => recordOf(JSON.parse(line)))
    return reports.filter(({ kind }) => kind === wanted).map(({ kind: _, ...rest }) => rest)
  }
}
