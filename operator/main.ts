// The operator as a program: settings in, caches filled, listeners up, SIGTERM hands over and ends with 0.
import { assembleOperator, type OperatorParts } from './assemble.ts'
import { formatAddress, readEnvironment, readSettings, type Settings } from './settings.ts'

/** Longest time for streams, watches and the lease to be let go. */
const closingMs = 10_000

const reading = readSettings(readEnvironment())
if (reading.kind === 'refused') {
  for (const problem of reading.problems) process.stderr.write(`${problem}\n`)
  process.exit(2)
}
const operator = assembleOperator(reading.settings)
for (const warning of reading.warnings) operator.logger.warn({ warning }, 'a setting has no effect')
await run(operator, reading.settings)

async function run(parts: OperatorParts, settings: Settings): Promise<void> {
  stopOnSignal(parts)
  try {
    const admin = await parts.admin.listen(settings.adminListen.host, settings.adminListen.port)
    parts.kube.start()
    parts.kube.lease.start()
    parts.reconciler.start()
    // Some replica has to be the leader before there is a certificate; the probes answer meanwhile.
    await parts.certificates.start()
    const push = await parts.push.listen(settings.pushListen.host, settings.pushListen.port)
    const webhook = await parts.admission().listen(settings.webhookListen)
    parts.trust.start()
    parts.webhook.start()
    parts.listeners.areUp = true
    parts.logger.info(
      {
        push: formatAddress({ ...settings.pushListen, port: push }),
        webhook: formatAddress({ ...settings.webhookListen, port: webhook }),
        admin: formatAddress({ ...settings.adminListen, port: admin }),
        replica: settings.replica,
      },
      'listening',
    )
  } catch (error) {
    parts.logger.error({ error }, 'cannot start')
    process.exit(1)
  }
}

function stopOnSignal(parts: OperatorParts): void {
  let isStopping = false
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) return
    isStopping = true
    parts.logger.info({ signal }, 'handing over')
    void shutDown(parts)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

async function shutDown(parts: OperatorParts): Promise<void> {
  const watchdog = setTimeout(() => process.exit(0), closingMs)
  parts.listeners.areUp = false
  parts.webhook.stop()
  parts.trust.stop()
  parts.reconciler.stop()
  // The lease goes first, so that another replica writes statuses while this one sends its sidecars away.
  await Promise.allSettled([parts.push.drain(), stopServing(parts)])
  await parts.kube.stop()
  await parts.admin.close()
  clearTimeout(watchdog)
  parts.logger.info({}, 'stopped')
  process.exit(0)
}

async function stopServing(parts: OperatorParts): Promise<void> {
  parts.certificates.stop()
  await parts.admission().close()
}
