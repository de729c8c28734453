// `metadata` belongs to Kubernetes: its fields are known by name, only those that the compiler reads are looked into.
import * as z from 'zod/mini'
import { described, object } from './field.ts'
import { dnsLabel } from './names.ts'

/** RFC 3339, as the API server writes it. */
const timestampPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/

/** Fields that others write and read. */
const unread = z.exactOptional(z.unknown())

const shared = {
  name: dnsLabel('Name of the object.'),
  generation: z.exactOptional(
    described(z.int().check(z.minimum(0)), 'Counted up by the API server when the spec changes.'),
  ),
  creationTimestamp: z.exactOptional(
    described(
      z.nullable(
        z.string().check(
          z.check(context => {
            if (timestampPattern.test(context.value) && !Number.isNaN(Date.parse(context.value))) return
            const message = 'a time such as 2026-01-31T12:00:00Z is expected'
            context.issues.push({ code: 'custom', message, input: context.value, params: { isPublic: true } })
          }),
        ),
      ),
      'When the object was created: the older of two policies of the same priority wins.',
    ),
  ),
  annotations: unread,
  deletionGracePeriodSeconds: unread,
  deletionTimestamp: unread,
  finalizers: unread,
  generateName: unread,
  labels: unread,
  managedFields: unread,
  ownerReferences: unread,
  resourceVersion: unread,
  selfLink: unread,
  uid: unread,
}

export const namespacedMetadata = object(
  {
    ...shared,
    namespace: z.exactOptional(
      dnsLabel('Namespace of the object. Absent: the namespace that the folder is read for.'),
    ),
  },
  'Standard object metadata.',
)

export const clusterMetadata = object(shared, 'Standard object metadata; this kind has no namespace.')

export type ObjectMetadata = Readonly<z.infer<typeof namespacedMetadata>>
