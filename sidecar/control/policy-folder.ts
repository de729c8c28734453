// A watched folder as the source of policy. File system events only wake it up; what counts is what it reads then, so a
// lost event costs a poll interval and nothing else. Kubernetes' `..data` link swap is one change like any other.
import { createHash } from 'node:crypto'
import { type FSWatcher, watch } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { formatProblem } from '../../crds/resources/problem.ts'
import type { Cancel, Clock } from '../resilience/clock.ts'
import type { PolicySource, SnapshotSink } from './policy-source.ts'
import { listPolicyFiles } from './read-policy-files.ts'
import { type FolderSelection, readPolicyFolder } from './read-policy-folder.ts'

/** Quiet time after a change before the folder is read: an editor's save is several events. */
const debounceMs = 100
/** A folder that never rests is read all the same. */
const longestDebounceMs = 1000
/** For file systems that tell nothing. */
const pollMs = 2000

export class PolicyFolder implements PolicySource {
  readonly #selection: FolderSelection
  readonly #sink: SnapshotSink
  readonly #clock: Clock
  #watcher: FSWatcher | undefined
  #cancelPoll: Cancel | undefined
  #cancelDebounce: Cancel | undefined
  #firstEventAt: number | undefined
  #fingerprint = ''
  #reading: Promise<void> = Promise.resolve()
  #isStopped = false

  constructor(selection: FolderSelection, sink: SnapshotSink, clock: Clock) {
    this.#selection = selection
    this.#sink = sink
    this.#clock = clock
  }

  async start(): Promise<void> {
    this.#watch()
    this.#schedulePoll()
    this.#fingerprint = await fingerprintOf(this.#selection.directory)
    await this.#read()
  }

  stop(): void {
    this.#isStopped = true
    this.#watcher?.close()
    this.#cancelPoll?.()
    this.#cancelDebounce?.()
  }

  #watch(): void {
    try {
      this.#watcher = watch(this.#selection.directory, { persistent: false }, () => this.#stirred())
      // A folder that is removed and made again is found by the poll.
      this.#watcher.on('error', () => this.#dropWatcher())
    } catch {
      this.#dropWatcher()
    }
  }

  #dropWatcher(): void {
    this.#watcher?.close()
    this.#watcher = undefined
  }

  #schedulePoll(): void {
    if (this.#isStopped) return
    this.#cancelPoll = this.#clock.schedule(pollMs, () => void this.#poll())
  }

  async #poll(): Promise<void> {
    const fingerprint = await fingerprintOf(this.#selection.directory)
    if (this.#isStopped) return
    if (this.#watcher === undefined) this.#watch()
    if (fingerprint !== this.#fingerprint) this.#stirred()
    this.#schedulePoll()
  }

  #stirred(): void {
    if (this.#isStopped) return
    const now = this.#clock.now()
    this.#firstEventAt ??= now
    const longest = this.#firstEventAt + longestDebounceMs - now
    this.#cancelDebounce?.()
    this.#cancelDebounce = this.#clock.schedule(Math.max(0, Math.min(debounceMs, longest)), () => {
      this.#firstEventAt = undefined
      // One reading at a time, in order: an older one must not overtake a newer.
      this.#reading = this.#reading.then(() => this.#readIfChanged())
    })
  }

  async #readIfChanged(): Promise<void> {
    const fingerprint = await fingerprintOf(this.#selection.directory)
    if (this.#isStopped || fingerprint === this.#fingerprint) return
    this.#fingerprint = fingerprint
    await this.#read()
  }

  async #read(): Promise<void> {
    const reading = await readPolicyFolder(this.#selection)
    if (this.#isStopped) return
    if (reading.kind === 'refused') return this.#sink.refuse(reading.reasons)
    this.#sink.offer(reading.snapshot, reading.warnings.map(formatProblem))
  }
}

/** Changes whenever a policy file of the folder does: names, sizes, times and where links lead. Never rejects. */
async function fingerprintOf(directory: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for (const name of await listPolicyFiles(directory)) {
      hash.update(JSON.stringify([name, await fingerprintOfFile(join(directory, name))]))
    }
  } catch (cause) {
    hash.update(describeError(cause))
  }
  return hash.digest('hex')
}

/** A file that cannot be looked at, such as a link that leads nowhere, must not hide what happens to the others. */
async function fingerprintOfFile(path: string): Promise<readonly (string | number)[]> {
  try {
    const { size, mtimeMs, ctimeMs, ino } = await stat(path)
    return [await realpath(path), size, mtimeMs, ctimeMs, ino]
  } catch (cause) {
    return [describeError(cause)]
  }
}

function describeError(cause: unknown): string {
  return cause instanceof Error ? cause.message : 'unreadable'
}
