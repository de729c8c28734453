// What a credential for AWS may be: a pair of keys that sign each request, or an API key that is shown as it is.
import type { CompiledProvider } from '../../crds/snapshot/policy-snapshot.ts'
import type { Confidential } from '../failure/confidential.ts'

export interface AwsKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** The keys in a credential of the form `{"accessKeyId", "secretAccessKey", "sessionToken"}`; undefined for an API key. */
export function readAwsKeys(credential: Confidential): AwsKeys | undefined {
  const text = credential.reveal()
  if (!text.startsWith('{')) return undefined
  const value = parse(text)
  const accessKeyId = textIn(value, 'accessKeyId')
  const secretAccessKey = textIn(value, 'secretAccessKey')
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined
  const sessionToken = textIn(value, 'sessionToken')
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function textIn(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const member: unknown = Object.getOwnPropertyDescriptor(value, name)?.value
  return typeof member === 'string' && member !== '' ? member : undefined
}

const regionInHost =
  /(?:^|\.)bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)$/

/** The region that a signature names: the endpoint's, else the one that the provider says it runs in. */
export function awsRegion({
  endpoint,
  region,
}: Pick<CompiledProvider, 'endpoint' | 'region'>): string | undefined {
  return regionInHost.exec(new URL(endpoint).hostname)?.[1] ?? region
}
