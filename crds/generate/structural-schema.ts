// The part of OpenAPI that a CustomResourceDefinition can hold, and that we use.

/** A rule in Kubernetes' expression language. `self` is the value that it stands on. */
export interface CelRule {
  readonly rule: string
  readonly message: string
  /** Computes the message; `message` stands in when that fails. */
  readonly messageExpression?: string
  /** Where the error is reported, relative to the value: `.when`. Lists cannot be indexed here. */
  readonly fieldPath?: string
  readonly reason?: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired' | 'FieldValueDuplicate'
}

export interface StructuralSchema {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean'
  readonly description?: string
  readonly format?: 'int32' | 'int64' | 'date-time'
  readonly enum?: readonly (string | number | boolean)[]
  readonly default?: unknown
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly maxProperties?: number
  readonly items?: StructuralSchema
  readonly properties?: Readonly<Record<string, StructuralSchema>>
  readonly required?: readonly string[]
  /** Of an object whose keys the writer chooses. */
  readonly additionalProperties?: StructuralSchema
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'map'
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  /** Only for fields that a rule refuses: a pruned field would be accepted and ignored. */
  readonly 'x-kubernetes-preserve-unknown-fields'?: true
  readonly 'x-kubernetes-validations'?: readonly CelRule[]
}

/** Something that Kubernetes cannot hold, or that nobody should have to guess at. `path` is that of the field. */
export class NotRepresentable extends Error {
  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`)
    this.name = 'NotRepresentable'
  }
}
