/** What a stream encoder wrote, as the bytes on the wire. */
export function joinPieces(pieces: Iterable<string | Uint8Array>): Buffer {
  return Buffer.concat([...pieces].map(piece => (typeof piece === 'string' ? Buffer.from(piece) : piece)))
}
