// What a guide shows as an answer is what the product says, to the letter.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { authorityLifeMs } from '../../operator/certificates/authority.ts'
import { leafLifeMs } from '../../operator/certificates/issue-leaf.ts'
import { defaultPushLimits } from '../../operator/push/push-limits.ts'
import { healthCondition } from '../../operator/status/health-condition.ts'
import { podNotices, withheldNotice } from '../../operator/status/pod-notices.ts'
import { judgePod } from '../../operator/status/pod-standing.ts'
import { emptyTally } from '../../operator/status/pod-tally.ts'
import { programmedCondition } from '../../operator/status/programmed-condition.ts'
import { unusedProvider } from '../../operator/status/provider-use.ts'
import { repositoryRoot } from '../support/child-process.ts'
import { type JsonRecord, recordOf, recordsOf, textOf } from '../support/simulated-vendors/json.ts'
import { commandsOf, readPage, readProductSources } from './read-pages.ts'

const page = readPage('docs/operate.md')
const guides = ['README.md', 'docs/install.md', 'docs/operate.md'].map(readPage)
const sources = readProductSources()
const samples = page.blocks.filter(({ language }) => language === '').map(({ text }) => text)
const shown = samples.join('\n')

test('conditions read as the operator writes them', () => {
  const count = { matched: 7, programmed: 5, rejected: 0, stale: 0, notInjected: 2 }
  const tally = { ...emptyTally, count, notInjected: ['shop/hosty', 'shop/opted'] }
  const reach = { tally, overridden: 0, winners: [], meant: 'selected pods', nowhere: '' } as const
  const { type, status, reason, message } = programmedCondition(reach)
  assert.ok(shown.includes(`${type}=${status} ${reason}: ${message}\n`))
  const use = { ...unusedProvider, users: 4, shutOut: 4, models: ['gpt-4o'] }
  assert.ok(shown.includes(`openai: ${healthCondition(use, undefined).message}\n`))
  assert.ok(shown.includes(`anthropic: ${healthCondition({ ...use, shutOut: 0 }, undefined).message}\n`))
})

const pod = {
  ...{ namespace: 'shop', name: 'hosty', uid: 'u', labels: {}, serviceAccount: 'default', node: 'n' },
  ...{
    hasSidecar: false,
    injection: 'skipped: HostNetwork',
    unsound: '',
    exposedKeys: '',
    keptVariables: '',
  },
  ...{ isFinished: false, isDeleting: false },
}
const selection = { secrets: [], snapshot: { digest: 'd' } }

test('events and the account of pods read as the operator tells them', () => {
  const [skip] = podNotices(pod)
  assert.ok(shown.includes(`Warning   ${skip?.reason}   pod/hosty   ${skip?.message}\n`))
  const [optedOut] = podNotices({ ...pod, injection: 'skipped: OptedOut' })
  assert.ok(shown.includes(`${optedOut?.type}    ${optedOut?.reason}   pod/opted   ${optedOut?.message}\n`))
  const shape =
    'SidecarDebugged: ephemeral container dbg shares the processes of the sidecar; replace the pod'
  assert.ok(shown.includes(withheldNotice(shape).message))
  const { state, message } = judgePod(pod, selection, undefined)
  assert.ok(shown.includes(`shop\thosty\tshop/assistant\t${state}\t${message}\n`))
  const stale = judgePod({ ...pod, hasSidecar: true }, selection, undefined)
  assert.ok(page.spans.includes(stale.message))
})

test('sentences of logs, probes and messages are in the code', () => {
  const logged = [...shown.matchAll(/"msg":"([^"]+)"/g)].map(([, text = '']) => text)
  const spoken = page.spans
    .filter(span => span.includes(' ') && !/^(kubectl|helm|npm|curl) |[={]|: "|^mode: |^skipped: /.test(span))
    .flatMap(span => span.split('…'))
    .flatMap(span => span.split(/(?<=^ready): |: (?=it cannot)/))
    .map(piece => piece.trim())
    .filter(piece => piece.includes(' ') && !piece.startsWith('x-'))
  assert.ok(spoken.length > 10)
  const strange = [...logged, ...spoken].filter(text => !sources.includes(text))
  // The API server's own words.
  assert.deepEqual(strange, ['failed calling webhook'])
})

test('figures are those of the code', () => {
  const { maxStreams } = defaultPushLimits
  assert.ok(page.text.includes(`at most ${maxStreams.toLocaleString('en')} sidecars`))
  const renewedAfterHours = (leafLifeMs * 2) / 3 / 3_600_000
  assert.ok(
    page.text.includes(
      `every ${Math.floor(renewedAfterHours / 24)} days and ${renewedAfterHours % 24} hours`,
    ),
  )
  assert.equal(Math.round((authorityLifeMs * 2) / 3 / (365 / 12) / 86_400_000), 8)
  assert.ok(page.text.includes('| the operator, after 8 months |'))
})

interface Kind {
  readonly columns: readonly string[]
  readonly status: JsonRecord
}

/** By the plural name of the kind. */
function readKind(plural: string): Kind {
  const crd = recordOf(
    parse(readFileSync(join(repositoryRoot, `crds/manifests/llmfallback.io_${plural}.yaml`), 'utf8')),
  )
  const [version = {}] = recordsOf(recordOf(crd['spec'])['versions'])
  const schema = recordOf(recordOf(version['schema'])['openAPIV3Schema'])
  const columns = recordsOf(version['additionalPrinterColumns'])
  return {
    columns: ['NAME', ...columns.map(({ name }) => (textOf(name) ?? '').toUpperCase())],
    status: recordOf(recordOf(recordOf(schema['properties'])['status'])['properties']),
  }
}

const policies = readKind('fallbackpolicies')
const providers = readKind('llmproviders')

test('columns of our kinds are the ones that kubectl prints', () => {
  const heads = guides
    .flatMap(({ blocks }) => blocks.flatMap(({ text }) => text.split('\n')))
    .filter(line => /^NAME +(ACCEPTED|DIALECT)/.test(line))
    .map(line => line.trim().split(/ {2,}/))
  assert.ok(heads.length >= 3)
  for (const head of heads) {
    const { columns } = head.includes('DIALECT') ? providers : policies
    assert.deepEqual(
      head,
      columns.filter(column => head.includes(column)),
    )
  }
})

test('fields of statuses exist', () => {
  const code = guides.flatMap(guide => [...commandsOf(guide), ...guide.spans])
  const fields = code
    .filter(text => /fbp|llmp|^\.status/.test(text))
    .flatMap(text => [...text.matchAll(/\.status\.(\w+)/g)].map(([, field = '']) => field))
  assert.ok(fields.length >= 5)
  assert.deepEqual(
    fields.filter(field => !(field in policies.status) && !(field in providers.status)),
    [],
  )
})
