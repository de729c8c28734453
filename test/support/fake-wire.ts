// A wire to the operator without a network: a test plays the operator's side, line by line.
import { type ControlFrame, controlPaths, frameLine } from '../../crds/snapshot/control-frames.ts'
import type { Connect, ConnectionEnd, ConnectionListener } from '../../sidecar/control/connection-port.ts'

export class FakeWire {
  /** Digests that were named as live, one for each connect. */
  readonly connects: (string | undefined)[] = []
  readonly posts: { readonly path: string; readonly stream: string; readonly body: string }[] = []
  /** Statuses of the next reports; 200 when none is left. */
  readonly statuses: number[] = []
  /** Reports wait until they are let go. */
  isHolding = false
  closes = 0
  #listener: ConnectionListener | undefined
  #held: (() => void)[] = []

  readonly connect: Connect = ({ live }, listener) => {
    this.connects.push(live)
    this.#listener = listener
    return {
      post: (path, stream, body) => this.#post(path, stream, body),
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

  hello(heartbeatMs = 10_000, stream = 's'): void {
    this.send({ kind: 'hello', protocol: 1, stream, heartbeatMs })
  }

  end(end: ConnectionEnd): void {
    const listener = this.#listener
    this.#listener = undefined
    listener?.ended(end)
  }

  letGo(): void {
    this.isHolding = false
    for (const settle of this.#held.splice(0)) settle()
  }

  get verdicts(): readonly Readonly<Record<string, unknown>>[] {
    return this.#bodies(controlPaths.verdict)
  }

  get healthReports(): readonly Readonly<Record<string, unknown>>[] {
    return this.#bodies(controlPaths.health)
  }

  #bodies(path: string): readonly Readonly<Record<string, unknown>>[] {
    return this.posts.filter(post => post.path === path).map(({ body }) => JSON.parse(body))
  }

  async #post(path: string, stream: string, body: string): Promise<number> {
    this.posts.push({ path, stream, body })
    if (this.isHolding) await new Promise<void>(resolve => this.#held.push(resolve))
    return this.statuses.shift() ?? 200
  }
}
