// Vectors as base64: 32-bit floats, smallest byte first. Both ways.

export function writeVector(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * floatBytes)
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * floatBytes)
  return bytes.toString('base64')
}

const floatBytes = 4

/** Some servers pack signed bytes instead, and nothing says so but the numbers. */
export function readVector(text: string): readonly number[] {
  const bytes = Buffer.from(text, 'base64')
  const floats = bytes.length % floatBytes === 0 ? readFloats(bytes) : undefined
  return floats ?? Array.from(bytes, byte => (byte > 127 ? byte - 256 : byte))
}

/** Bytes of another kind make floats of every size: outside these bounds no component of a vector lies. */
const smallest = 1e-15
const largest = 1e6

function readFloats(bytes: Buffer): readonly number[] | undefined {
  const floats: number[] = []
  for (let offset = 0; offset < bytes.length; offset += floatBytes) {
    const value = bytes.readFloatLE(offset)
    const size = Math.abs(value)
    if (!(size === 0 || (size >= smallest && size <= largest))) return undefined
    floats.push(value)
  }
  return floats
}
