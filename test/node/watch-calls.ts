// What the apps of a test have to say for themselves: their calls, read from their pods' logs while they are written.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { RealNode } from '../support/node/start-real-node.ts'
import { numberOf, parseRecord, textOf } from '../support/simulated-vendors/json.ts'

export interface Call {
  readonly pod: string
  readonly number: number
  readonly outcome: 'begun' | 'served' | 'lost'
  readonly text?: string
  readonly step?: string
  readonly provider?: string
  readonly policy?: string
  readonly tookMs?: number
  /** Of a lost one: the SDK's words. */
  readonly said?: string
}

export interface CallWatch {
  /** In the order in which they were read; each call as far as it has come. */
  calls(): readonly Call[]
  /** Follows the log of a container until it ends; also when the pod is deleted meanwhile. */
  follow(pod: { readonly namespace: string; readonly name: string; readonly container?: string }): void
  stop(): void
}

export function watchCalls(node: RealNode): CallWatch {
  const calls = new Map<string, Call>()
  const followers = new Map<string, ChildProcess>()
  return {
    calls: () => [...calls.values()],
    follow({ namespace, name, container = 'app' }) {
      const pod = `${namespace}/${name}`
      if (followers.has(pod)) return
      const follower = spawn(
        node.programs.kubectl,
        ['logs', '--follow', '--namespace', namespace, name, '--container', container],
        { env: { KUBECONFIG: node.kubeconfig, HOME: node.folder }, stdio: ['ignore', 'pipe', 'ignore'] },
      )
      followers.set(pod, follower)
      createInterface({ input: follower.stdout }).on('line', line => {
        const call = parseCall(pod, line)
        if (call !== undefined) calls.set(`${pod}/${call.number}`, call)
      })
    },
    stop() {
      for (const follower of followers.values()) follower.kill()
    },
  }
}

/** undefined: the line is about something else. */
export function parseCall(pod: string, line: string): Call | undefined {
  const record = parseRecord(line)
  const number = numberOf(record?.['number'])
  const kind = record?.['kind']
  if (number === undefined || (kind !== 'begun' && kind !== 'served' && kind !== 'lost')) return undefined
  const tookMs = numberOf(record?.['tookMs'])
  const [text, step, provider, policy, said] = ['text', 'step', 'provider', 'policy', 'said'].map(name =>
    textOf(record?.[name]),
  )
  return {
    ...{ pod, number, outcome: kind },
    ...(text === undefined ? {} : { text }),
    ...(step === undefined ? {} : { step }),
    ...(provider === undefined ? {} : { provider }),
    ...(policy === undefined ? {} : { policy }),
    ...(tookMs === undefined ? {} : { tookMs }),
    ...(said === undefined ? {} : { said }),
  }
}
