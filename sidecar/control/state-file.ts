// The last good snapshot on a tmpfs, so that a restart beside a broken policy source does not leave the pod without one.
// It holds no credential: a snapshot never does.
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { formatProblem } from '../../crds/resources/problem.ts'
import { parseSnapshot } from '../../crds/snapshot/parse-snapshot.ts'
import type { PolicySnapshot } from '../../crds/snapshot/policy-snapshot.ts'
import { errorCode } from '../error-code.ts'
import type { SnapshotSink } from './policy-source.ts'

export interface LastGood {
  /** Keeps a snapshot that has become live, as it came: fields of a newer operator are part of its digest. */
  save(snapshot: object): void
  /** What an earlier run kept, checked as if it had come over the wire. */
  load(): KeptSnapshot
  /** A sink that falls back on the kept snapshot when the very first thing a source says is a refusal. */
  wrap(sink: SnapshotSink): SnapshotSink
}

export type KeptSnapshot =
  | { readonly kind: 'none' }
  /** `savedAt`: milliseconds since 1970. */
  | { readonly kind: 'kept'; readonly snapshot: PolicySnapshot; readonly savedAt: number }
  /** There is a file, and it is not a snapshot that this version can run. */
  | { readonly kind: 'refused'; readonly problems: readonly string[] }

interface WarningLog {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
}

const fileName = 'snapshot.json'

/** @param directory undefined: nothing is kept. */
export function keepLastGood(directory: string | undefined, log: WarningLog): LastGood {
  if (directory === undefined) {
    return { save: () => undefined, load: () => ({ kind: 'none' }), wrap: sink => sink }
  }
  const path = join(directory, fileName)
  const load = () => {
    const kept = readKept(path)
    if (kept.kind === 'refused') {
      log.warn({ directory, problems: kept.problems }, 'the kept snapshot of an earlier run cannot be used')
    }
    return kept
  }
  return {
    save(snapshot) {
      try {
        makeDirectory(directory)
        const temporary = `${path}.new`
        writeFileSync(temporary, JSON.stringify(snapshot), { mode: 0o600 })
        renameSync(temporary, path)
      } catch (cause) {
        log.warn({ directory, code: errorCode(cause) }, 'the last good snapshot cannot be kept')
      }
    },
    load,
    wrap: sink => fallBackOnce(sink, load),
  }
}

/** One level at a time: Node's own recursion never ends where a folder is missing and cannot be made, as under /proc. */
function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory)
  } catch (cause) {
    const code = errorCode(cause)
    if (code === 'EEXIST') return
    const parent = dirname(directory)
    if (code !== 'ENOENT' || parent === directory) throw cause
    makeDirectory(parent)
    mkdirSync(directory)
  }
}

function fallBackOnce(sink: SnapshotSink, load: () => KeptSnapshot): SnapshotSink {
  let isFirst = true
  return {
    offer(snapshot, warnings) {
      isFirst = false
      return sink.offer(snapshot, warnings)
    },
    refuse(reasons) {
      const kept = isFirst ? load() : undefined
      isFirst = false
      if (kept?.kind === 'kept') sink.offer(kept.snapshot, ['the snapshot of an earlier run is live'])
      sink.refuse(reasons)
    },
  }
}

function readKept(path: string): KeptSnapshot {
  let text: string
  let savedAt: number
  try {
    text = readFileSync(path, 'utf8')
    savedAt = statSync(path).mtimeMs
  } catch (cause) {
    const code = errorCode(cause)
    return code === 'ENOENT'
      ? { kind: 'none' }
      : { kind: 'refused', problems: [`it cannot be read (${code})`] }
  }
  const parsed = parseSnapshot(parseJson(text))
  return parsed.kind === 'ok'
    ? { kind: 'kept', snapshot: parsed.snapshot, savedAt }
    : { kind: 'refused', problems: parsed.problems.map(formatProblem) }
}

/** Undefined for what is not JSON, which no snapshot is. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
