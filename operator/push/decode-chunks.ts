// The chunked coding of HTTP/1.1 (RFC 9112, 7.1), as narrow as a reader may take it: no extensions, no trailers, nothing after
// the end. It needs no room: what is data is handed on as it comes.

export type DecodeResult =
  | 'more'
  /** The last chunk has come. */
  | 'ended'
  /** This is no body, or something follows it. Nothing more is taken. */
  | 'broken'

/** What the next byte has to be, or how it has come out. */
type Expectation =
  | 'size'
  | 'sizeEnd'
  | 'data'
  | 'dataReturn'
  | 'dataEnd'
  | 'lastReturn'
  | 'lastEnd'
  | Exclude<DecodeResult, 'more'>

/** Sixteen MiB in one chunk; a reader of lines stops long before. */
const mostSizeDigits = 6
const carriageReturn = 0x0d
const lineFeed = 0x0a

export class ChunkDecoder {
  #expects: Expectation = 'size'
  #size = 0
  #digits = 0

  /** @param take gets the data, in pieces that are only good until it returns. */
  push(bytes: Buffer, take: (data: Buffer) => void): DecodeResult {
    let at = 0
    while (at < bytes.length) {
      if (this.#expects === 'data') {
        const data = bytes.subarray(at, at + this.#size)
        at += data.length
        this.#size -= data.length
        if (this.#size === 0) this.#expects = 'dataReturn'
        take(data)
      } else {
        this.#expects = this.#after(bytes[at] ?? 0)
        at += 1
      }
    }
    return this.#expects === 'ended' || this.#expects === 'broken' ? this.#expects : 'more'
  }

  #after(byte: number): Expectation {
    switch (this.#expects) {
      case 'size':
        return byte === carriageReturn && this.#digits > 0 ? 'sizeEnd' : this.#readDigit(byte)
      case 'sizeEnd':
        this.#digits = 0
        if (byte !== lineFeed) return 'broken'
        return this.#size === 0 ? 'lastReturn' : 'data'
      case 'dataReturn':
        return byte === carriageReturn ? 'dataEnd' : 'broken'
      case 'dataEnd':
        return byte === lineFeed ? 'size' : 'broken'
      case 'lastReturn':
        return byte === carriageReturn ? 'lastEnd' : 'broken'
      case 'lastEnd':
        return byte === lineFeed ? 'ended' : 'broken'
      default:
        return 'broken'
    }
  }

  #readDigit(byte: number): 'size' | 'broken' {
    const digit = Number.parseInt(String.fromCharCode(byte), 16)
    if (Number.isNaN(digit) || this.#digits === mostSizeDigits) return 'broken'
    this.#size = this.#size * 16 + digit
    this.#digits += 1
    return 'size'
  }
}
