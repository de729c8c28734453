// Rewrites single members of a JSON body. All other bytes stay: unknown fields, spelling of numbers, white space, order.
import type { JsonObject } from './completion.ts'
import type { CallerFormat, MemberEdit, RequestChange } from './dialect.ts'
import type { ParsedBody } from './parse-body.ts'

/** A request that stays in its caller's format, with what the policy changes in it. */
export function editBody(
  caller: Pick<CallerFormat, 'editRequest' | 'editsContent'>,
  body: ParsedBody,
  change: RequestChange,
): Buffer {
  return applyEdits(body, caller.editRequest(readForEdits(caller, body, change), change))
}

/** As much of the body as its edits have to know. */
export function readForEdits(
  caller: Pick<CallerFormat, 'editsContent'>,
  body: ParsedBody,
  change: RequestChange,
): JsonObject {
  return caller.editsContent?.(body.head, change) === true ? body.json : body.head
}

/** The body with the edits applied; the very same buffer when there are none. */
export function applyEdits(parsed: ParsedBody, edits: readonly MemberEdit[]): Buffer {
  const { bytes } = parsed
  if (edits.length === 0) return bytes
  const byName = new Map(edits.map(edit => [edit.name, edit]))
  const pieces: Buffer[] = []
  /** Start of the unchanged run that is not in `pieces` yet. */
  let from = 0
  const keepUpTo = (end: number) => {
    if (end > from) pieces.push(bytes.subarray(from, end))
  }
  const ranges = [...parsed.members]
  let kept = 0
  let lastEnd = parsed.bodyStart
  for (const [index, [name, range]] of ranges.entries()) {
    const edit = byName.get(name)
    if (edit !== undefined && edit.value === undefined) {
      // A removed member takes a comma with it: the one before it, or, while nothing was kept, the one behind.
      keepUpTo(kept > 0 ? lastEnd : range.nameStart)
      from = kept > 0 ? range.valueEnd : (ranges[index + 1]?.[1].nameStart ?? range.valueEnd)
    } else {
      if (edit !== undefined) {
        keepUpTo(range.valueStart)
        pieces.push(jsonBytes(edit.value))
        from = range.valueEnd
      }
      kept += 1
    }
    lastEnd = range.valueEnd
  }
  for (const edit of byName.values()) {
    if (edit.value === undefined || parsed.members.has(edit.name)) continue
    keepUpTo(lastEnd)
    from = Math.max(from, lastEnd)
    pieces.push(
      Buffer.from(`${kept > 0 ? ',' : ''}${JSON.stringify(edit.name)}:${JSON.stringify(edit.value)}`),
    )
    kept += 1
  }
  keepUpTo(bytes.length)
  return Buffer.concat(pieces)
}

function jsonBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
