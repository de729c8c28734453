// What a person would look at first when a scene fails: pods, events, and what the operator and the sidecars last said.
import type { RealNode } from '../../support/node/start-real-node.ts'

const questions: readonly (readonly string[])[] = [
  ['get', 'pods', '-A', '-o', 'wide'],
  ['get', 'fbp,llmp', '-A'],
  ['get', 'events', '-A', '--sort-by=.lastTimestamp', '--field-selector', 'type=Warning'],
  [
    'logs',
    '-n',
    'llm-fallback-system',
    '-l',
    'app.kubernetes.io/component=operator',
    '--tail=30',
    '--prefix',
  ],
  ['logs', '-n', 'shop', '-l', 'team=shop', '-c', 'llm-fallback', '--tail=10', '--prefix'],
]

export async function explain(node: RealNode): Promise<string> {
  const answers: string[] = []
  for (const question of questions) {
    const { stdout, stderr } = await node.kubectl({}, ...question)
    const lines = `${stdout}${stderr}`.trimEnd().split('\n').slice(-60)
    answers.push(`$ kubectl ${question.join(' ')}\n${lines.join('\n')}\n`)
  }
  return answers.join('\n')
}
