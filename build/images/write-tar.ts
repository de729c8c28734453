// A tar in the ustar format of POSIX.1-1988, written as a stream: nothing in it but what it is given, so that it can be repeated.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { arrangeFiles, type ImageFile } from './image-file.ts'

const blockBytes = 512
/** Largest size that twelve octal digits hold: 8 GiB. */
const maxFileBytes = 0o77777777777
const typeFlags = { written: '0', copied: '0', link: '2', folder: '5' } as const
const defaultModes = { written: 0o644, copied: 0o644, link: 0o777, folder: 0o755 } as const

/**
 * The bytes of a tar with these files, sorted.
 * @throws Error when a path or file does not fit the format, or a source changes while it is read.
 */
export async function* writeTar(files: readonly ImageFile[], modifiedAt: Date): AsyncGenerator<Uint8Array> {
  for (const file of arrangeFiles(files)) {
    const size = await sizeOf(file)
    yield headerOf({ file, size, modifiedAt })
    if (file.kind === 'written') yield Buffer.from(file.content)
    if (file.kind === 'copied') yield* readExactly(file.source, size)
    if (size % blockBytes !== 0) yield Buffer.alloc(blockBytes - (size % blockBytes))
  }
  yield Buffer.alloc(2 * blockBytes)
}

async function sizeOf(file: ImageFile): Promise<number> {
  if (file.kind === 'written') return Buffer.from(file.content).length
  if (file.kind === 'copied') return (await stat(file.source)).size
  return 0
}

/** A file that grows or shrinks under the reader would push every later header to the wrong place. */
async function* readExactly(source: string, size: number): AsyncGenerator<Uint8Array> {
  let read = 0
  for await (const piece of createReadStream(source, { highWaterMark: 1 << 20 })) {
    const bytes = Buffer.from(piece)
    read += bytes.length
    yield bytes
  }
  if (read !== size)
    throw new Error(`${source} had ${size} bytes and then ${read}: it changed while it was packed`)
}

interface HeaderOrder {
  readonly file: ImageFile
  readonly size: number
  readonly modifiedAt: Date
}

function headerOf({ file, size, modifiedAt }: HeaderOrder): Uint8Array {
  if (size > maxFileBytes)
    throw new Error(`${file.path} has ${size} bytes: a tar of this format holds 8 GiB a file`)
  const { name, prefix } = splitPath(file)
  const { uid, gid } = file.owner ?? { uid: 0, gid: 0 }
  const mode = ('mode' in file ? file.mode : undefined) ?? defaultModes[file.kind]
  const header = Buffer.alloc(blockBytes)
  header.write(name, 0, 100)
  header.write(octal(mode, 8), 100)
  header.write(octal(uid, 8), 108)
  header.write(octal(gid, 8), 116)
  header.write(octal(size, 12), 124)
  header.write(octal(Math.floor(modifiedAt.getTime() / 1000), 12), 136)
  header.write(' '.repeat(8), 148)
  header.write(typeFlags[file.kind], 156)
  if (file.kind === 'link') header.write(fitting(file.target, 100, `the target of ${file.path}`), 157)
  header.write('ustar\u000000', 257)
  header.write(prefix, 345, 155)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148)
  return header
}

/** Octal digits and the byte that ends them. */
function octal(value: number, width: number): string {
  const digits = value.toString(8)
  if (digits.length >= width)
    throw new Error(`${value} does not fit the ${width} digits that a tar has for it`)
  return `${digits.padStart(width - 1, '0')}\u0000`
}

/** A path longer than 100 bytes is cut at a slash into a prefix of at most 155 and a name. */
function splitPath(file: ImageFile): { readonly name: string; readonly prefix: string } {
  const path = file.kind === 'folder' ? `${file.path.slice(1)}/` : file.path.slice(1)
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: '' }
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    const prefix = path.slice(0, at)
    const name = path.slice(at + 1)
    if (name !== '' && Buffer.byteLength(name) <= 100) {
      return { name, prefix: fitting(prefix, 155, `the folder of ${file.path}`) }
    }
  }
  throw new Error(`${file.path} is too long a path for a tar of this format`)
}

function fitting(text: string, maxBytes: number, what: string): string {
  if (Buffer.byteLength(text) <= maxBytes) return text
  throw new Error(`${what} is longer than the ${maxBytes} bytes that a tar of this format has for it`)
}
