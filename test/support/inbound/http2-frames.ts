// Frames of HTTP/2 by hand, for what no well-behaved client sends.

export interface Frame {
  readonly type: number
  readonly flags?: number
  readonly stream: number
  readonly payload: Buffer
}

/** Of RFC 9113. */
export const frameTypes = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6 } as const

export function frame({ type, flags = 0, stream, payload }: Frame): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** What a client says first: the preface and empty settings. */
export const clientPreface: Buffer = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1'),
  frame({ type: frameTypes.settings, stream: 0, payload: Buffer.alloc(0) }),
])

const endHeaders = 4

/** POST to the chat path, with the body to follow. */
export function headersFrame(stream: number): Buffer {
  const path = Buffer.from('/v1/chat/completions', 'latin1')
  const payload = Buffer.concat([
    // Of the static table: `:method: POST`, `:scheme: http`.
    Buffer.from([0x83, 0x86]),
    // Literals under the table's names `:path` and `:authority`.
    Buffer.from([0x44, path.length]),
    path,
    Buffer.from([0x41, 1]),
    Buffer.from('a', 'latin1'),
  ])
  return frame({ type: frameTypes.headers, flags: endHeaders, stream, payload })
}

export function resetFrame(stream: number): Buffer {
  return frame({ type: frameTypes.reset, stream, payload: Buffer.alloc(4) })
}
