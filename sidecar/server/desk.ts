// What everything behind one data listener shares: its exchanges, its refusals and its limits.
import { describeBug } from './describe-bug.ts'
import { ExchangeRegister } from './exchange.ts'
import type { RequestDesk } from './handle-request.ts'
import { defaultLimits, type ServerLimits } from './limits.ts'
import type { DataServerParts } from './ports.ts'
import { Rejections } from './rejections.ts'

export interface Desk extends RequestDesk {
  readonly parts: DataServerParts
  readonly limits: ServerLimits
  readonly register: ExchangeRegister
  sayFarewell(): void
  /** Farewell has been said: whatever comes now comes too late. */
  isOver(): boolean
}

export function createDesk(parts: DataServerParts): Desk {
  const { clock, logger, door } = parts
  const limits = { ...defaultLimits, ...parts.limits }
  const register = new ExchangeRegister(parts)
  const onBug = (error: unknown) => logger.error({ bug: describeBug(error) }, 'a request met a bug')
  const { writeStallMs, lingerMs } = limits
  const rejections = new Rejections({ clock, writeStallMs, lingerMs, onBug, onRejected: parts.onRejected })
  let isOver = false
  return {
    parts,
    limits,
    register,
    door,
    rejections,
    maxBodyBytes: parts.settings.maxBodyBytes,
    context: { clock, writeStallMs, onBug, mask: text => parts.mask(text) },
    isOver: () => isOver,
    sayFarewell() {
      isOver = true
      for (const exchange of register.all()) exchange.sayFarewell()
    },
  }
}
