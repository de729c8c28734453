// Reading answers of the API server field by field: only what is used, and nothing is believed to be there.

export type Fields = Readonly<Record<string, unknown>>

const none: Fields = Object.freeze({})

/** The object itself, or an empty one in place of anything else. */
export function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return none
  return value as Fields
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The members whose value is text. */
export function textsOf(value: unknown): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {}
  for (const [name, text] of Object.entries(fieldsOf(value))) {
    if (typeof text === 'string') texts[name] = text
  }
  return texts
}

/** What every object of the API carries. */
export interface ObjectHead {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly resourceVersion: string
}

/** Undefined for what is no object of the API. */
export function headOf(object: unknown): ObjectHead | undefined {
  const metadata = fieldsOf(fieldsOf(object)['metadata'])
  const name = textOf(metadata['name'])
  const resourceVersion = textOf(metadata['resourceVersion'])
  if (name === '' || resourceVersion === '') return undefined
  return { namespace: textOf(metadata['namespace']), name, uid: textOf(metadata['uid']), resourceVersion }
}
