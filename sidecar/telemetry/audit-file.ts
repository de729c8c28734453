// The audit file: appended to, opened again after a rotation, whole lines even when the disk was full in between.
import { type FileHandle, open, stat } from 'node:fs/promises'
import type { Clock } from '../resilience/clock.ts'
import type { LineSink } from './line-spool.ts'

/** How often a write looks whether the path still names the open file, in milliseconds. */
const rotationCheckMs = 1000
const newline = 0x0a

export function createAuditFile(path: string, clock: Clock): LineSink {
  let handle: FileHandle | undefined
  let checkedAt = 0
  /** The batch that a failed write left half written, and how far it got. */
  let unfinished: { readonly batch: Buffer; readonly written: number } | undefined

  const reopen = async () => {
    await handle?.close()
    handle = undefined
    handle = await open(path, 'a', 0o600)
    checkedAt = clock.now()
    return handle
  }
  const current = async () => {
    if (handle === undefined) return reopen()
    if (clock.now() - checkedAt < rotationCheckMs) return handle
    checkedAt = clock.now()
    if (await isStillAt(path, handle)) return handle
    // What was begun in the old file is written anew in the new one, from the start of its line.
    if (unfinished !== undefined) unfinished = { ...unfinished, written: startOfLine(unfinished) }
    return reopen()
  }

  return {
    async write(batch) {
      const file = await current()
      let written = unfinished?.batch === batch ? unfinished.written : 0
      try {
        while (written < batch.length) {
          written += (await file.write(batch, written)).bytesWritten
        }
        unfinished = undefined
      } catch (error) {
        unfinished = { batch, written }
        throw error
      }
    },
    async close() {
      await handle?.close()
      handle = undefined
    },
  }
}

async function isStillAt(path: string, handle: FileHandle): Promise<boolean> {
  const open = await handle.stat()
  try {
    const named = await stat(path)
    return named.ino === open.ino && named.dev === open.dev
  } catch {
    // Moved away by a rotation, or the folder is gone: opening again tells.
    return false
  }
}

function startOfLine({ batch, written }: { readonly batch: Buffer; readonly written: number }): number {
  return written === 0 ? 0 : batch.lastIndexOf(newline, written - 1) + 1
}
