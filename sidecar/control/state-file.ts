// The last good snapshot on a tmpfs, so that a restart beside a broken policy source does not leave the pod without one.
// It holds no credential: a snapshot never does.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSnapshot } from '../../crds/snapshot/parse-snapshot.ts'
import type { PolicySnapshot } from '../../crds/snapshot/policy-snapshot.ts'
import type { SnapshotSink } from './policy-source.ts'

export interface LastGood {
  /** Keeps a snapshot that has become live. */
  save(snapshot: PolicySnapshot): void
  /** A sink that falls back on the kept snapshot when the very first thing a source says is a refusal. */
  wrap(sink: SnapshotSink): SnapshotSink
}

interface WarningLog {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
}

const fileName = 'snapshot.json'

/** @param directory undefined: nothing is kept. */
export function keepLastGood(directory: string | undefined, log: WarningLog): LastGood {
  if (directory === undefined) return { save: () => undefined, wrap: sink => sink }
  const path = join(directory, fileName)
  let isFirst = true
  return {
    save(snapshot) {
      try {
        mkdirSync(directory, { recursive: true })
        const temporary = `${path}.new`
        writeFileSync(temporary, JSON.stringify(snapshot), { mode: 0o600 })
        renameSync(temporary, path)
      } catch (cause) {
        log.warn({ directory, code: codeOf(cause) }, 'the last good snapshot cannot be kept')
      }
    },
    wrap: sink => ({
      offer(snapshot, warnings) {
        isFirst = false
        sink.offer(snapshot, warnings)
      },
      refuse(reasons) {
        const kept = isFirst ? readKept(path) : undefined
        isFirst = false
        if (kept !== undefined) sink.offer(kept, ['the snapshot of an earlier run is live'])
        sink.refuse(reasons)
      },
    }),
  }
}

/** Undefined when there is none that this version can run. */
function readKept(path: string): PolicySnapshot | undefined {
  try {
    const parsed = parseSnapshot(JSON.parse(readFileSync(path, 'utf8')))
    return parsed.kind === 'ok' ? parsed.snapshot : undefined
  } catch {
    return undefined
  }
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : undefined
}
