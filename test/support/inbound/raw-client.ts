// A client that stays connected, reads when it is told to, and waits for what it expects.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export class RawClient {
  readonly #socket: Socket
  #received = ''
  #isClosed = false
  #wake: () => void = () => undefined

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1')
    this.#socket.setEncoding('utf8')
    this.#socket.on('data', (text: string) => {
      this.#received += text
      this.#wake()
    })
    this.#socket.on('error', () => this.#wake())
    this.#socket.on('close', () => {
      this.#isClosed = true
      this.#wake()
    })
  }

  get received(): string {
    return this.#received
  }

  send(text: string): void {
    this.#socket.write(text)
  }

  stopReading(): void {
    this.#socket.pause()
  }

  goOn(): void {
    this.#socket.resume()
  }

  leave(): void {
    this.#socket.destroy()
  }

  /** Resolves once this text has come; rejects when the connection closed without it. */
  async sees(text: string): Promise<string> {
    while (!this.#received.includes(text)) {
      if (this.#isClosed) throw new Error(`closed without ${JSON.stringify(text)}: ${this.#received}`)
      await this.#change()
    }
    return this.#received
  }

  /** All that came until the server closed the connection. */
  async closed(): Promise<string> {
    if (!this.#isClosed) await once(this.#socket, 'close')
    return this.#received
  }

  #change(): Promise<void> {
    return new Promise(resolve => {
      this.#wake = resolve
    })
  }
}
