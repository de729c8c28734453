// Two test runs that start at once must not build the same thing twice: the second waits for the first.
import { open, readFile, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

const lookEveryMs = 500

export interface LockOptions {
  /** Path of the lock file; its folder exists. */
  readonly path: string
  /** Told once, when somebody else holds the lock. */
  readonly onWait: (holder: number) => void
}

/** Runs `work` while no other process on this machine does under the same path. A holder that has died is passed over. */
export async function withLock<Value>(options: LockOptions, work: () => Promise<Value>): Promise<Value> {
  let hasTold = false
  while (!(await take(options.path))) {
    const holder = Number(await readFile(options.path, 'utf8').catch(() => ''))
    // An empty file is one that its owner has just made; the next look will see the number.
    if (holder > 0 && !isRunning(holder)) await rm(options.path, { force: true })
    else {
      if (!hasTold) options.onWait(holder)
      hasTold = true
      await sleep(lookEveryMs)
    }
  }
  try {
    return await work()
  } finally {
    await rm(options.path, { force: true })
  }
}

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx')
    await file.writeFile(String(process.pid)).finally(() => file.close())
    return true
  } catch (error) {
    if (isExisting(error)) return false
    throw error
  }
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST'
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
