// The simulated vendors as a workload of the cluster, with a port by which a test breaks and heals them.
import { createServer } from 'node:http'
import { startSimulatedAnthropic } from '../../support/simulated-vendors/anthropic-vendor.ts'
import { type Fault, faults } from '../../support/simulated-vendors/faults.ts'
import { startSimulatedOpenAi } from '../../support/simulated-vendors/openai-vendor.ts'
import type { SimulatedVendor } from '../../support/simulated-vendors/vendor-server.ts'
import { ports } from './ports.ts'

/** Slow enough that a stream is still on its way when something happens to its pod. */
const shared = { host: '0.0.0.0', wordDelayMs: 100 }
const vendors: Readonly<Record<string, SimulatedVendor>> = {
  openai: await startSimulatedOpenAi({ ...shared, port: ports.openai, apiKey: 'first-key-of-openai' }),
  anthropic: await startSimulatedAnthropic({
    ...shared,
    port: ports.anthropic,
    apiKey: 'first-key-of-anthropic',
  }),
}

interface Answer {
  readonly status: number
  readonly body: object
}

/** `/openai/break/server-error`, `/openai/heal`, `/openai/keys/one,two`, `/openai/asked`. */
async function obey(path: string): Promise<Answer> {
  const [name = '', order = '', detail = ''] = path.slice(1).split('/')
  const vendor = vendors[name]
  if (vendor === undefined) return { status: 404, body: { error: `there is no vendor "${name}"` } }
  switch (order) {
    case 'break': {
      const fault = faults.find(known => known === detail)
      return fault === undefined ? unknown(detail, faults) : breakVendor(vendor, fault)
    }
    case 'heal':
      await vendor.heal()
      return { status: 200, body: {} }
    case 'keys':
      vendor.acceptKeys(detail.split(','))
      return { status: 200, body: {} }
    case 'asked':
      return { status: 200, body: { count: vendor.asked.length, lastKey: lastKeyOf(vendor) } }
    default:
      return unknown(order, ['break', 'heal', 'keys', 'asked'])
  }
}

async function breakVendor(vendor: SimulatedVendor, fault: Fault): Promise<Answer> {
  await vendor.breakWith(fault)
  return { status: 200, body: {} }
}

function unknown(word: string, known: readonly string[]): Answer {
  return { status: 400, body: { error: `"${word}" is none of ${known.join(', ')}` } }
}

/** The keys of simulated vendors are no secrets. */
function lastKeyOf(vendor: SimulatedVendor): string {
  const headers = vendor.asked.at(-1)?.headers ?? {}
  return headers['x-api-key'] ?? headers['authorization']?.replace('Bearer ', '') ?? ''
}

const control = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://control').pathname
  const refuse = (error: Error): Answer => ({ status: 500, body: { error: error.message } })
  void obey(decodeURIComponent(path))
    .catch(refuse)
    .then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    })
})
control.listen(ports.control, '0.0.0.0')
process.once('SIGTERM', () => process.exit(0))
