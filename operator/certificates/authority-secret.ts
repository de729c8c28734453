// The Secret that holds the authorities: written by the leader, read by every replica, edited by whoever can.
import { Buffer } from 'node:buffer'
import { type AuthorityReading, readAuthority, readTrustedCertificate } from './authority.ts'
import type { AuthoritySet } from './authority-set.ts'

export const authorityObjectName = 'llm-fallback-ca'

/** Wall time in RFC 3339 at which `ca.crt` began to sign. */
const promotedAnnotation = 'llmfallback.io/signing-since'

export interface StoredAuthorities {
  readonly set: AuthoritySet
  readonly resourceVersion: string
  /** Its metadata as far as ownership goes, without any key. */
  readonly object: unknown
}

export type SecretReading =
  | { readonly kind: 'missing' }
  | ({ readonly kind: 'read' } & StoredAuthorities)
  /** `problem`: which key of the Secret is wrong and how, for a log. */
  | { readonly kind: 'broken'; readonly problem: string; readonly resourceVersion: string }

export function readAuthoritySecret(object: unknown): SecretReading {
  if (object === undefined) return { kind: 'missing' }
  const metadata = fieldsOf(fieldsOf(object)['metadata'])
  const resourceVersion = textOf(metadata['resourceVersion'])
  const data = fieldsOf(fieldsOf(object)['data'])
  const broken = (problem: string) => ({ kind: 'broken', problem, resourceVersion }) as const
  const current = readPair(data, 'ca')
  if (current === undefined) return broken('ca.crt and ca.key are missing')
  if (current.kind === 'broken') return broken(`ca.crt, ca.key: ${current.problem}`)
  const next = readPair(data, 'next')
  if (next?.kind === 'broken') return broken(`next.crt, next.key: ${next.problem}`)
  const previousPem = decode(data['previous.crt'])
  const previous = previousPem === '' ? undefined : readTrustedCertificate(previousPem)
  if (previousPem !== '' && previous === undefined) {
    return broken('previous.crt: the certificate is not one of an authority')
  }
  const promotedAt = Date.parse(textOf(fieldsOf(metadata['annotations'])[promotedAnnotation]))
  const set: AuthoritySet = {
    current: current.authority,
    ...(next !== undefined && { next: next.authority }),
    ...(previous !== undefined && { previous }),
    ...(!Number.isNaN(promotedAt) && { promotedAt }),
  }
  const { ownerReferences } = metadata
  return { kind: 'read', set, resourceVersion, object: { metadata: { ownerReferences } } }
}

/** @param resourceVersion of the object that is replaced; absent: a new one. */
export function writeAuthoritySecret(
  namespace: string,
  { current, next, previous, promotedAt }: AuthoritySet,
  resourceVersion?: string,
): Fields {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: {
      ...describeOwn(namespace),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(promotedAt !== undefined && {
        annotations: { [promotedAnnotation]: new Date(promotedAt).toISOString() },
      }),
    },
    data: {
      'ca.crt': encode(current.certificate),
      'ca.key': encode(current.privateKey),
      ...(next !== undefined && {
        'next.crt': encode(next.certificate),
        'next.key': encode(next.privateKey),
      }),
      ...(previous !== undefined && { 'previous.crt': encode(previous) }),
    },
  }
}

/** Metadata of the Secret and of the ConfigMap, which share their name. */
export function describeOwn(namespace: string): Readonly<Record<string, unknown>> {
  return { name: authorityObjectName, namespace, labels: { 'app.kubernetes.io/name': 'llm-fallback' } }
}

/** Undefined when neither half is there. */
function readPair(data: Fields, name: string): AuthorityReading | undefined {
  const [certificate, key] = [decode(data[`${name}.crt`]), decode(data[`${name}.key`])]
  return certificate === '' && key === '' ? undefined : readAuthority(certificate, key)
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64')
}

function decode(value: unknown): string {
  return Buffer.from(textOf(value), 'base64').toString()
}

export type Fields = Readonly<Record<string, unknown>>

/** The object itself, or an empty one in place of anything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
