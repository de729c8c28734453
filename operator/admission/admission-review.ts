// AdmissionReview v1 as the API server sends it and wants it answered. What it sends is checked, what it asks about is not yet.
import { Buffer } from 'node:buffer'
import { assertNever } from '../../crds/vocabulary.ts'
import type { JsonPatch } from '../injection/json-patch.ts'

export const admissionApiVersion = 'admission.k8s.io/v1'

export interface AdmissionRequest {
  readonly uid: string
  readonly group: string
  readonly kind: string
  /** Empty for cluster kinds. */
  readonly namespace: string
  /** Empty when the API server did not know it yet. */
  readonly name: string
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'
  readonly object: unknown
  readonly oldObject: unknown
}

export type ReviewReading =
  | { readonly kind: 'request'; readonly request: AdmissionRequest }
  /** `problem`: one sentence for whoever sent it. */
  | { readonly kind: 'malformed'; readonly problem: string }

export type AdmissionVerdict =
  | {
      readonly kind: 'allowed'
      readonly warnings: readonly string[]
      /** What is to be changed in the object before it is stored. */
      readonly patch?: JsonPatch
    }
  | {
      readonly kind: 'refused'
      readonly reason: 'Invalid' | 'ServiceUnavailable'
      /** At least one. An empty path means the whole object. */
      readonly causes: readonly RefusalCause[]
      readonly warnings: readonly string[]
    }

export interface RefusalCause {
  readonly path: string
  /** What is wrong and what to do. */
  readonly message: string
}

const operations = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const

/** Never throws. */
export function readAdmissionReview(body: unknown): ReviewReading {
  if (!isRecord(body) || body['kind'] !== 'AdmissionReview' || body['apiVersion'] !== admissionApiVersion) {
    return malformed(`an AdmissionReview of ${admissionApiVersion} is expected`)
  }
  const { request } = body
  if (!isRecord(request)) return malformed('request: an object is expected')
  const { uid, kind, namespace = '', name = '', object, oldObject } = request
  if (typeof uid !== 'string' || !/^[\w.-]{1,128}$/.test(uid))
    return malformed('request.uid: a UID is expected')
  if (!isRecord(kind) || typeof kind['group'] !== 'string' || typeof kind['kind'] !== 'string') {
    return malformed('request.kind: group, version and kind are expected')
  }
  if (typeof namespace !== 'string') return malformed('request.namespace: a text is expected')
  if (typeof name !== 'string') return malformed('request.name: a text is expected')
  const operation = operations.find(known => known === request['operation'])
  if (operation === undefined) {
    return malformed(`request.operation: expected ${operations.join(', ')}`)
  }
  const { group, kind: word } = { group: kind['group'], kind: kind['kind'] }
  return {
    kind: 'request',
    request: { uid, group, kind: word, namespace, name, operation, object, oldObject },
  }
}

/** The body of the answer. */
export function writeAdmissionReview(request: AdmissionRequest, verdict: AdmissionVerdict): unknown {
  return {
    apiVersion: admissionApiVersion,
    kind: 'AdmissionReview',
    response: {
      uid: request.uid,
      allowed: verdict.kind === 'allowed',
      ...(verdict.warnings.length > 0 && { warnings: verdict.warnings }),
      ...(verdict.kind === 'allowed' && writePatch(verdict.patch ?? [])),
      ...(verdict.kind === 'refused' && { status: writeStatus(request, verdict) }),
    },
  }
}

function writePatch(patch: JsonPatch): object {
  if (patch.length === 0) return {}
  return { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') }
}

type Refusal = Extract<AdmissionVerdict, { kind: 'refused' }>

function writeStatus({ group, kind, name }: AdmissionRequest, { reason, causes }: Refusal): unknown {
  const message = causes.map(cause => formatCause(cause)).join('\n')
  const status = { apiVersion: 'v1', kind: 'Status', status: 'Failure', reason, message }
  switch (reason) {
    case 'Invalid':
      return {
        ...status,
        code: 422,
        details: {
          group,
          kind,
          name,
          causes: causes.map(cause => ({
            reason: 'FieldValueInvalid',
            field: cause.path,
            message: cause.message,
          })),
        },
      }
    case 'ServiceUnavailable':
      return { ...status, code: 503, details: { group, kind, name, retryAfterSeconds: 5 } }
    default:
      return assertNever(reason)
  }
}

function formatCause({ path, message }: RefusalCause): string {
  return path === '' ? message : `${path}: ${message}`
}

function malformed(problem: string): ReviewReading {
  return { kind: 'malformed', problem }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
