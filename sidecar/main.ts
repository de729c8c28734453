// The sidecar as a program: settings in, two listeners up, SIGTERM drains and ends with 0.
import { assembleSidecar, type SidecarParts } from './assemble.ts'
import { compactAfterStart } from './compact-memory.ts'
import { findUnwritableAudit } from './find-unwritable-audit.ts'
import { formatAddress, readEnvironment, readSettings, type Settings } from './settings.ts'

/** What is left of the drain for the audit and open sockets after the streams have been told. */
const closingMs = 2000

const environment = readEnvironment()
const reading = readSettings(environment)
if (reading.kind === 'refused') refuseToStart(reading.problems)
const unwritable = findUnwritableAudit(reading.settings.audit)
if (unwritable !== undefined) refuseToStart([unwritable])
const sidecar = assembleSidecar(reading.settings, environment)
for (const warning of reading.warnings) sidecar.logger.warn({ warning }, 'a setting has no effect')
await run(sidecar, reading.settings)

function refuseToStart(problems: readonly string[]): never {
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  process.exit(2)
}

async function run(parts: SidecarParts, settings: Settings): Promise<void> {
  stopOnSignal(parts, settings)
  try {
    await parts.source.start()
    const data = await parts.data.start()
    const admin = await parts.admin.start()
    parts.logger.info({ data: formatAddress(data), admin: formatAddress(admin) }, 'listening')
    compactAfterStart(() => parts.data.inFlight())
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    parts.logger.error({ code, data: settings.listen, admin: settings.adminListen }, 'cannot listen')
    process.exit(1)
  }
}

function stopOnSignal(parts: SidecarParts, settings: Settings): void {
  let isStopping = false
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) return
    isStopping = true
    parts.logger.info({ signal, drainMs: settings.drainMs }, 'draining')
    void shutDown(parts, settings)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

async function shutDown(parts: SidecarParts, settings: Settings): Promise<void> {
  await parts.data.drain(settings.drainMs)
  parts.source.stop()
  await Promise.race([closeAll(parts), new Promise(resolve => setTimeout(resolve, closingMs).unref())])
  parts.logger.info({}, 'stopped')
  process.exit(0)
}

async function closeAll(parts: SidecarParts): Promise<void> {
  await parts.data.stop()
  await parts.admin.stop()
  await parts.close()
  await parts.closeTelemetry()
}
