// LLMProvider and ClusterLLMProvider: where a provider is, what it speaks, what its models are and cost.
import * as z from 'zod/mini'
import { capabilities, dialects } from '../vocabulary.ts'
import { maxEndpointLength, readEndpoint } from './endpoint.ts'
import { described, exactlyOne, integer, line, list, notSupportedYet, object, oneOf, text } from './field.ts'
import { headerName, headerValue } from './headers.ts'
import { labelSelector } from './label-selector.ts'
import { clusterMetadata, namespacedMetadata } from './metadata.ts'
import { money } from './money.ts'
import { dnsSubdomain, dnsSubdomainPattern, modelName } from './names.ts'
import { apiVersion, type Immutable } from './resource.ts'

const price = object(
  {
    inputPerMillion: money('US dollars for a million input tokens.'),
    cachedInputPerMillion: z.exactOptional(
      money('US dollars for a million input tokens read from the provider’s cache; absent: as other input.'),
    ),
    outputPerMillion: money('US dollars for a million output tokens, reasoning included.'),
  },
  'What the model costs. Absent: its answers count as unpriced.',
)

const model = object(
  {
    name: modelName('Name of the model as the provider spells it.'),
    contextWindow: z.exactOptional(
      integer('Tokens of input and output that the model takes together.', { min: 1, max: 1_000_000_000 }),
    ),
    maxOutputTokens: z.exactOptional(
      integer('Most tokens that the model writes in one answer.', { min: 1, max: 1_000_000_000 }),
    ),
    price: z.exactOptional(price),
    capabilities: z.exactOptional(
      described(
        z
          .array(oneOf(capabilities, 'a capability', `One of ${capabilities.join(', ')}.`))
          .check(z.maxLength(capabilities.length)),
        'What the model can do. Absent: unknown, and unknown passes.',
      ),
    ),
  },
  'Facts about one model.',
)

const credentialMembers = ['secretRef', 'file', 'env', 'workloadIdentity', 'caller']
const oneCredential = exactlyOne(credentialMembers, `exactly one of ${credentialMembers.join(', ')}`)

const credentials = object(
  {
    secretRef: z.exactOptional(
      object(
        {
          name: dnsSubdomain('Name of a Secret in the provider’s own namespace.'),
          key: text({
            description: 'Key within the Secret.',
            pattern: '^[-._a-zA-Z0-9]+$',
            expected: 'a key has letters, digits, hyphens, dots and underscores',
            maxLength: 253,
            isPublic: true,
          }),
        },
        'A key of a Secret, handed to the sidecar by the operator and kept in memory only.',
      ),
    ),
    file: z.exactOptional(
      object(
        {
          path: text({
            description: 'Absolute path in the sidecar’s container.',
            pattern: '^/[^\\x00-\\x1f\\x7f]*$',
            expected: 'an absolute path is expected',
            maxLength: 4096,
            isPublic: true,
          }),
        },
        'A file that the sidecar reads; a change is picked up within seconds.',
      ),
    ),
    env: z.exactOptional(
      object(
        {
          name: text({
            description: 'Name of the variable.',
            pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
            expected: 'the name of a variable has letters, digits and underscores',
            isPublic: false,
          }),
        },
        'A variable in the environment of the sidecar’s container.',
      ),
    ),
    workloadIdentity: notSupportedYet('The identity of the pod, exchanged with the cloud.'),
    caller: z.exactOptional(
      object({}, 'The caller’s own key is passed on, for callers of the provider’s own dialect.'),
    ),
  },
  'Where the key comes from; exactly one member. Absent: none is sent.',
).check(oneCredential.rule, oneCredential.meta)

const tls = object(
  {
    caBundle: z.exactOptional(
      text({
        description: 'PEM certificates that are trusted instead of the public ones.',
        pattern: '-----BEGIN CERTIFICATE-----',
        expected: 'PEM certificates are expected',
        maxLength: 262_144,
        isPublic: false,
      }),
    ),
    serverName: z.exactOptional(
      text({
        description: 'Name that the provider’s certificate must have, and that is asked for.',
        pattern: dnsSubdomainPattern,
        expected: 'a host name is expected',
        maxLength: 253,
        isPublic: false,
      }),
    ),
  },
  'How the provider’s certificate is checked. Needs an https endpoint.',
)

const endpoint = z.string().check(
  z.meta({
    description:
      'Base URL as the vendor’s own SDK takes it. Absent: the vendor’s public one. http: only for loopback and cluster services.',
    maxLength: maxEndpointLength,
    // It may hold a password.
    isPublic: false,
  }),
  z.check(context => {
    const reading = readEndpoint(context.value)
    if (reading.kind === 'endpoint') return
    context.issues.push({ code: 'custom', message: reading.message, input: context.value })
  }),
)

const providerFields = {
  dialect: oneOf(dialects, 'a dialect', 'Wire format of the provider; OpenAI-compatible servers are OpenAI.'),
  endpoint: z.exactOptional(endpoint),
  region: z.exactOptional(
    line(
      'Where content is processed. Without it the provider satisfies no residency rule.',
      'a region is expected',
    ),
  ),
  credentials: z.exactOptional(credentials),
  headers: z.exactOptional(
    list(
      object(
        {
          name: headerName('Name of the header.'),
          value: headerValue('Value of the header; not a credential.'),
        },
        'One header.',
      ),
      { min: 0, max: 32 },
      'Fixed headers of every request to this provider.',
    ),
  ),
  tls: z.exactOptional(tls),
  models: z.exactOptional(
    list(
      model,
      { min: 0, max: 200 },
      'Facts about models. One that is not listed may be used; its facts are unknown.',
    ),
  ),
}

export const allowedNamespaceSources = ['All', 'Selector', 'Same'] as const

const allowedNamespaces = object(
  {
    from: z._default(
      oneOf(
        allowedNamespaceSources,
        'a source of namespaces',
        'All namespaces, those that the selector selects, or the operator’s own only.',
      ),
      'All',
    ),
    selector: z.exactOptional(
      described(labelSelector.check(), 'Selects namespaces by their labels, for from: Selector.'),
    ),
  },
  'Namespaces whose policies may use this provider.',
).check(
  z.check(context => {
    const { from, selector } = context.value
    if ((from === 'Selector') === (selector !== undefined)) return
    const message =
      selector === undefined ? 'required with from: Selector' : `not used with from: ${from}; remove it`
    context.issues.push({ code: 'custom', message, input: selector, path: ['selector'] })
  }),
)

/** Fields that the API server keeps beside the spec. */
export const status = z.exactOptional(
  described(z.unknown(), 'Written by the operator; ignored where it is read from a folder.'),
)

export const llmProvider = object(
  {
    apiVersion: z.literal(apiVersion),
    kind: z.literal('LLMProvider'),
    metadata: namespacedMetadata,
    spec: object(providerFields, 'The provider.'),
    status,
  },
  'A provider of language models, for policies of its own namespace.',
)

export const clusterLLMProvider = object(
  {
    apiVersion: z.literal(apiVersion),
    kind: z.literal('ClusterLLMProvider'),
    metadata: clusterMetadata,
    spec: object(
      { ...providerFields, allowedNamespaces: z._default(allowedNamespaces, { from: 'All' }) },
      'The provider, and who may use it.',
    ),
    status,
  },
  'A provider of language models that the platform offers to namespaces.',
)

export type LLMProvider = Immutable<z.infer<typeof llmProvider>>
export type ClusterLLMProvider = Immutable<z.infer<typeof clusterLLMProvider>>
export type ProviderSpec = LLMProvider['spec']
