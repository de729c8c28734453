// The quickstart policy as the demo uses it: the vendors are the simulated ones, and waiting is short.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Document, parseAllDocuments } from 'yaml'
import { repositoryRoot } from '../support/child-process.ts'

const quickstart = 'crds/examples/quickstart/policy.yaml'

export interface VendorEndpoints {
  readonly openai: string
  readonly anthropic: string
}

/** What differs from the quickstart, in the words of the policy. */
export const shortenings = 'deadline 4s, first token within 1s, whole answer within 2s, breaker open for 1s'

export async function readDemoPolicy(endpoints: VendorEndpoints): Promise<string> {
  const text = await readFile(join(repositoryRoot, quickstart), 'utf8')
  const documents = parseAllDocuments(text)
  if (!Array.isArray(documents)) throw new Error(`${quickstart} is empty`)
  for (const document of documents) adapt(document, endpoints)
  return documents.map(document => document.toString({ lineWidth: 0, flowCollectionPadding: false })).join('')
}

function adapt(document: Document, endpoints: VendorEndpoints): void {
  if (document.get('kind') === 'LLMProvider') {
    const isOpenAi = document.getIn(['spec', 'dialect']) === 'OpenAI'
    document.setIn(['spec', 'endpoint'], isOpenAi ? endpoints.openai : endpoints.anthropic)
    return
  }
  const route = ['spec', 'routes', 0]
  document.setIn([...route, 'limits', 'deadline'], '4s')
  document.setIn([...route, 'chain', 0, 'timeout', 'firstToken'], '1s')
  document.setIn([...route, 'chain', 0, 'timeout', 'total'], '2s')
  document.setIn([...route, 'chain', 0, 'circuitBreaker', 'openFor'], '1s')
}
