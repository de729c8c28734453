// Everything that the demo starts: two simulated vendors, a policy folder and the real sidecar in its own process.
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createPolicyFolder } from '../support/policy-folder.ts'
import { startSimulatedAnthropic } from '../support/simulated-vendors/anthropic-vendor.ts'
import { startSimulatedOpenAi } from '../support/simulated-vendors/openai-vendor.ts'
import type { SimulatedVendor } from '../support/simulated-vendors/vendor-server.ts'
import { type Sidecar, startSidecar } from '../support/start-sidecar.ts'
import { readDemoPolicy } from './demo-policy.ts'

export interface World {
  readonly openai: SimulatedVendor
  readonly anthropic: SimulatedVendor
  readonly sidecar: Sidecar
  readonly policyFile: string
  /** The sidecar has the ports that it has by default. */
  readonly hasUsualPorts: boolean
  close(): Promise<void>
}

export const usualPorts = { data: 8787, admin: 8788 } as const

/** Longer than the whole deadline: the walk then moves on instead of waiting. */
export const retryAfterSeconds = 5

/** A reading pace for streamed words. */
const wordDelayMs = 25

export async function startWorld(): Promise<World> {
  const keys = { openai: 'demo-key-of-openai', anthropic: 'demo-key-of-anthropic' }
  const pace = { wordDelayMs, retryAfterSeconds }
  const openai = await startSimulatedOpenAi({ apiKey: keys.openai, ...pace })
  const anthropic = await startSimulatedAnthropic({ apiKey: keys.anthropic, ...pace })
  const text = await readDemoPolicy({ openai: openai.baseUrl, anthropic: anthropic.baseUrl })
  const folder = await createPolicyFolder({ 'policy.yaml': text })
  const closeAround = async () => {
    await Promise.all([openai.close(), anthropic.close()])
    await folder.dispose()
  }
  const hasUsualPorts = (await isFree(usualPorts.data)) && (await isFree(usualPorts.admin))
  try {
    const sidecar = await startSidecar({
      policyDir: folder.path,
      environment: {
        LLM_FALLBACK_LISTEN: `127.0.0.1:${hasUsualPorts ? usualPorts.data : 0}`,
        LLM_FALLBACK_ADMIN_LISTEN: `127.0.0.1:${hasUsualPorts ? usualPorts.admin : 0}`,
        LLM_FALLBACK_DRAIN: '1s',
        OPENAI_API_KEY: keys.openai,
        ANTHROPIC_API_KEY: keys.anthropic,
      },
    })
    const close = async () => {
      await sidecar.stop(3_000)
      await closeAround()
    }
    return { openai, anthropic, sidecar, policyFile: join(folder.path, 'policy.yaml'), hasUsualPorts, close }
  } catch (error) {
    await closeAround()
    throw error
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
