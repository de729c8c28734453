// A line of the operator's stream to a frame. Unknown kinds and fields are passed over: they come from a newer operator.
import type { FarewellFrame, HelloFrame, PushedSecret } from '../../crds/snapshot/control-frames.ts'

export type ReceivedFrame =
  | HelloFrame
  | { readonly kind: 'credentials'; readonly secrets: readonly PushedSecret[] }
  /** Not yet checked. */
  | { readonly kind: 'snapshot'; readonly snapshot: unknown }
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'farewell'; readonly reason: string; readonly reconnectAfterMs: number }
  | { readonly kind: 'unknown' }
  /** `problem` names the frame and the member, never what stood there. */
  | { readonly kind: 'malformed'; readonly problem: string }

type Members = Readonly<Record<string, unknown>>

/** Never throws. */
export function parseFrame(line: string): ReceivedFrame {
  const frame = parseObject(line)
  if (frame === undefined) return malformed('a line is not a JSON object')
  switch (frame['kind']) {
    case 'hello':
      return readHello(frame)
    case 'credentials':
      return readCredentials(frame)
    case 'snapshot':
      return { kind: 'snapshot', snapshot: frame['snapshot'] }
    case 'heartbeat':
      return { kind: 'heartbeat' }
    case 'farewell':
      return readFarewell(frame)
    default:
      return typeof frame['kind'] === 'string' ? { kind: 'unknown' } : malformed('a frame has no kind')
  }
}

function readHello({ protocol, heartbeatMs }: Members): ReceivedFrame {
  if (typeof protocol !== 'number') return malformed('the hello frame has no protocol number')
  if (!isMilliseconds(heartbeatMs) || heartbeatMs === 0) {
    return malformed('the hello frame has no heartbeatMs')
  }
  return { kind: 'hello', protocol, heartbeatMs } satisfies HelloFrame
}

function readCredentials({ secrets }: Members): ReceivedFrame {
  if (!Array.isArray(secrets)) return malformed('the credentials frame has no list of secrets')
  const read: PushedSecret[] = []
  for (const secret of secrets) {
    const { id, version, value }: Members = asObject(secret) ?? {}
    if (typeof id !== 'string' || typeof version !== 'string' || typeof value !== 'string') {
      return malformed('a secret of the credentials frame lacks id, version or value')
    }
    read.push({ id, version, value })
  }
  return { kind: 'credentials', secrets: read }
}

function readFarewell({ reason, reconnectAfterMs }: Members): ReceivedFrame {
  const known = farewellReasons.find(candidate => candidate === reason)
  // A reason that a newer operator added still ends the stream.
  const delay = isMilliseconds(reconnectAfterMs) ? reconnectAfterMs : 0
  return { kind: 'farewell', reason: known ?? 'other', reconnectAfterMs: delay }
}

const farewellReasons: readonly FarewellFrame['reason'][] = [
  'rebalance',
  'tokenExpired',
  'draining',
  'replaced',
  'podGone',
]

function isMilliseconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function parseObject(line: string): Members | undefined {
  try {
    return asObject(JSON.parse(line))
  } catch {
    return undefined
  }
}

function asObject(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
}

function malformed(problem: string): ReceivedFrame {
  return { kind: 'malformed', problem }
}
