// A folder as the root of a program, as in a container: what an image holds can be tried before there is an image.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ImageFile } from './image-file.ts'
import { programUser } from './node-runtime.ts'
import { writeTar } from './write-tar.ts'

export interface Command {
  readonly command: string
  readonly arguments: readonly string[]
}

/**
 * The command that runs `inside` (absolute paths of the folder) with the folder as its root. Root does it as the user of
 * the images; anybody else in a user namespace, where the kernel allows that.
 */
export function commandInRoot(folder: string, inside: readonly string[]): Command {
  if (process.getuid?.() !== 0) {
    return { command: 'unshare', arguments: ['--map-root-user', 'chroot', folder, ...inside] }
  }
  const user = `--userspec=${programUser.uid}:${programUser.gid}`
  return { command: 'chroot', arguments: [user, folder, ...inside] }
}

/** Puts the files of an image into a folder, as a container would see them; only root can keep their owners. */
export async function layOutFiles(
  files: readonly ImageFile[],
  folder: string,
  modifiedAt = new Date(0),
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const tar = spawn('tar', ['-x', '-p', '-C', folder], { stdio: ['pipe', 'ignore', 'pipe'] })
  const complaints: string[] = []
  tar.stderr.setEncoding('utf8').on('data', text => complaints.push(text))
  const ended = once(tar, 'close')
  await pipeline(Readable.from(writeTar(files, modifiedAt)), tar.stdin)
  const [code] = await ended
  if (code !== 0) throw new Error(`the files could not be laid out in ${folder}: ${complaints.join('')}`)
}
