// One CustomResourceDefinition: the spec from the language, the rest as Kubernetes wants it.
import { dnsLabelPattern } from '../resources/names.ts'
import { apiVersion } from '../resources/resource.ts'
import { quote } from './cel-text.ts'
import { checkSchema } from './check-schema.ts'
import { convertSchema } from './convert-schema.ts'
import { readMetadata } from './field-metadata.ts'
import { categories, type KindDescription } from './kinds.ts'
import { NotRepresentable, type StructuralSchema } from './structural-schema.ts'

const [group = '', version = ''] = apiVersion.split('/')

/**
 * The manifest as plain data.
 * @throws NotRepresentable when the language has something that Kubernetes cannot hold.
 */
export function buildManifest(description: KindDescription): object {
  const { kind, plural, shortName, scope, columns } = description
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, labels: { 'app.kubernetes.io/part-of': 'llm-fallback' } },
    spec: {
      group,
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        shortNames: [shortName],
        categories: [...categories],
      },
      scope,
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          schema: { openAPIV3Schema: buildRoot(description) },
        },
      ],
    },
  }
}

/** The whole object. What stands in metadata is Kubernetes' business, but for the name, which ours are shorter than. */
export function buildRoot({ kind, schema, status }: KindDescription): StructuralSchema {
  const spec = schema._zod.def.shape['spec']
  const { description } = readMetadata(schema)
  if (spec === undefined || description === undefined) {
    throw new NotRepresentable(kind, 'a kind needs a spec and a description')
  }
  const converted = convertSchema(spec, `${kind}.spec`)
  checkSchema(converted, `${kind}.spec`)
  checkSchema(status, `${kind}.status`)
  return {
    type: 'object',
    description,
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string', description: 'Version of the schema that this object is written in.' },
      kind: { type: 'string', description: 'Kind of this object.' },
      metadata: { type: 'object' },
      spec: converted,
      status,
    },
    'x-kubernetes-validations': [
      {
        rule: `self.metadata.name.size() <= 63 && self.metadata.name.matches(${quote(dnsLabelPattern)})`,
        message:
          'metadata.name: a name has lower-case letters, digits and hyphens, at most 63, and starts and ends with a letter or digit',
      },
    ],
  }
}
