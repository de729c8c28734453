import * as z from 'zod/mini'
import { assertNever } from '../vocabulary.ts'
import { described, list, object, oneOf } from './field.ts'
import { labelKey } from './names.ts'
import type { Immutable } from './resource.ts'

const labelValuePattern = '^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$'

const labelValueGrammar = new RegExp(labelValuePattern)

const labelValueExpected = 'a label value has at most 63 letters, digits, hyphens, dots and underscores'

const labelValue = z.string().check(
  z.meta({
    description: 'Value of a label.',
    pattern: labelValuePattern,
    maxLength: 63,
    expected: labelValueExpected,
  }),
  z.check(context => {
    if (context.value.length <= 63 && labelValueGrammar.test(context.value)) return
    context.issues.push({
      code: 'custom',
      message: labelValueExpected,
      input: context.value,
      params: { isPublic: true },
    })
  }),
)

const requirement = object(
  {
    key: labelKey('Key of the label.'),
    operator: oneOf(
      ['In', 'NotIn', 'Exists', 'DoesNotExist'],
      'an operator',
      'How the label of that key is compared with the values.',
    ),
    values: z.exactOptional(
      described(
        z.array(labelValue).check(z.maxLength(64)),
        'Values for In and NotIn; absent for the others.',
      ),
    ),
  },
  'One condition on a label.',
).check(
  z.check(context => {
    const { operator, values } = context.value
    const needsValues = operator === 'In' || operator === 'NotIn'
    if (needsValues === (values !== undefined && values.length > 0)) return
    const message = needsValues ? `${operator} needs at least one value` : `${operator} takes no values`
    context.issues.push({ code: 'custom', message, input: values, path: ['values'] })
  }),
)

export const labelSelector = object(
  {
    matchLabels: z.exactOptional(
      described(
        z.record(labelKey('Key of the label.'), labelValue).check(
          z.meta({ maxProperties: 64 }),
          z.refine(labels => Object.keys(labels).length <= 64, { error: 'at most 64 entries' }),
        ),
        'Labels that must all be there, with these values.',
      ),
    ),
    matchExpressions: z.exactOptional(
      list(requirement, { min: 0, max: 32 }, 'Conditions that must all hold.'),
    ),
  },
  'Selects by labels; everything in it must hold, and an empty one selects everything.',
)

export type LabelSelector = Immutable<z.infer<typeof labelSelector>>
export type Labels = Readonly<Record<string, string>>

/** Whether these labels are selected, as Kubernetes decides it. */
export function selectsLabels(selector: LabelSelector, labels: Labels): boolean {
  const pairs = Object.entries(selector.matchLabels ?? {})
  return (
    pairs.every(([key, value]) => labelOf(labels, key) === value) &&
    (selector.matchExpressions ?? []).every(requirement => meetsRequirement(requirement, labels))
  )
}

function meetsRequirement(
  requirement: NonNullable<LabelSelector['matchExpressions']>[number],
  labels: Labels,
): boolean {
  const value = labelOf(labels, requirement.key)
  const values = requirement.values ?? []
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    // A missing label is not in the list, so NotIn holds.
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      return assertNever(requirement.operator)
  }
}

/** Labels are somebody else's keys: `constructor` is not one unless it is there. */
function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined
}
