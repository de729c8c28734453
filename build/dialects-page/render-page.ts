// docs/dialects.md: what every dialect carries, converts and drops, found out by asking its adapter.
import { dialects } from '../../crds/vocabulary.ts'
import type { CallerFormat, FormatName, StreamFraming, WireFormat } from '../../sidecar/dialect/dialect.ts'
import type { ProviderBinding } from '../../sidecar/dialect/provider-binding.ts'
import { allDialects, allEmbeddingDialects, bindingOf, dialectOf } from '../../sidecar/dialect/registry.ts'
import { answerProbes, fateOf, isShown, type Target } from './ask-encoders.ts'
import { contentProbes, type Probe, parameterProbes } from './probes.ts'

/** Models whose names make a difference stand for their kind. */
const models: readonly (readonly [WireFormat, string])[] = [
  ['openai-chat', 'gpt-4o'],
  ['openai-chat', 'gpt-5'],
  ['anthropic-messages', 'claude-sonnet-4-5'],
  ['gemini-generate', 'gemini-2.5-flash'],
  ['bedrock-converse', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
  ['bedrock-converse', 'amazon.nova-pro-v1:0'],
  ['cohere-chat', 'command-a-03-2025'],
]

export function renderPage(): string {
  return `${[
    heading,
    formatsTable(),
    unservedList(),
    clientHabits,
    providersTable(),
    translationTable('Parameters', parameterProbes),
    translationTable('Content', contentProbes),
    answersTable(),
    namesTable(),
    embeddingsTable(),
  ].join('\n\n')}\n`
}

const heading = `<!-- Generated from the adapters by \`npm run generate\`. Do not edit. -->
# Dialects

A request in a format that its provider reads is passed on byte for byte; only model and token cap are edited. Any other is
translated through one neutral form, so nothing here is about pairs: what a caller's format can say meets what the target's
format can carry. Every loss is named in \`x-llm-fallback-drops\`, in the caller's own words; with \`requireParameters\` it is a
skip instead. Parameters of a vendor's own that no other has (\`logit_bias\`, \`safetySettings\`, server tools …) are always dropped
by name. Signatures, encrypted reasoning and file ids never leave their vendor. Names of tools and ids of calls that a target
would refuse are written in other words there, and the caller reads its own.`

function formatsTable(): string {
  const rows = [...allDialects, ...allEmbeddingDialects].map(format => [
    code(format.format),
    pathsOf(format),
    framingsOf(format),
    code(format.habits.requestIdHeader),
  ])
  const columns = ['format', 'paths (POST)', 'streams as', 'request id in']
  return `## What callers may speak\n\n${pathsNote}\n\n${table(columns, rows)}`
}

const pathsNote = `One path for each operation. Base URLs with other prefixes work too: none, another version, \`/openai\`, \`/openai/v1\`,
\`/v1beta/openai\`, \`/anthropic\`, \`/anthropic/v1\`, a project at Vertex. So a client may be given the bare address of the
sidecar or one that ends in its version, as it wants it; only a version that stands there twice is refused, and told so.`

function unservedList(): string {
  const lines = [...allDialects, ...allEmbeddingDialects].flatMap(({ format, unserved = [] }) =>
    unserved.map(({ name }) => `- ${code(format)}: ${name}`),
  )
  return `## What is refused by name\n\n${unservedNote}\n\n${[...new Set(lines)].join('\n')}`
}

const unservedNote = `Paths of the vendors that are known and not served answer 501 with \`not_supported_yet\`, in the shape that the vendor's
clients read. So does Ollama's native API (\`/api/chat\` and its like): give its clients the OpenAI-compatible one under \`/v1\`.`

const clientHabits = `## Clients with habits of their own

- LangChain for Python leaves the usage of streams out as soon as it is given a base URL: \`stream_usage=True\` brings it back.
  The sidecar's own metrics count tokens either way.
- LangChain for JavaScript asks up to seven times when it meets an error, after the chain has tried everybody: lower
  \`maxRetries\` where that is too long.
- \`AzureOpenAI\` of OpenAI's JavaScript package prefers \`OPENAI_BASE_URL\` to \`AZURE_OPENAI_ENDPOINT\`. Both work here.
- The AI SDK replays answers of the Responses API by their ids unless it is told \`store: false\`. What another vendor
  answered is kept nowhere, so such an id (\`msg_fallback_…\`) means nothing to anybody: the item is left out and named as
  \`input.item_reference\` in the drops. With \`store: false\` every word goes along.
- \`previous_response_id\`, stored conversations and prompts, Google's \`cachedContent\` and ids of a vendor's own items keep a
  request with that vendor; the other steps are skipped with \`CapabilityMissing\`. The id of an answer that another vendor
  gave is unknown there, and its vendor says so (\`previous_response_not_found\`).
- Cohere's clients raise for no event of a stream: where one breaks, its last event says \`ERROR\` and the connection is cut
  instead of ended, which they do raise for. The one in Java hides that too: \`ERROR\` is all that its user sees.
- LangChain4j and Spring AI pass over the error events of OpenAI's and Anthropic's formats: behind one their connection is
  cut, which they raise for. They are known by their \`User-Agent\`, or by that of the HTTP client below them.
- Google's client for Java asks up to five times when it meets an error, after the chain has tried everybody:
  \`HttpRetryOptions\` lowers that.
- Clients in Go. OpenAI's \`azure.WithEndpoint\` sends its key over plain HTTP only beside \`azure.WithUnsafeAllowHTTP()\`, which
  means loopback alone. AWS's shows a bearer token over HTTPS alone: where it finds \`AWS_BEARER_TOKEN_BEDROCK\`, and be it the
  placeholder of an injected pod, it refuses to ask. Any \`AWS_*\` credential among the container's own variables keeps the
  placeholder away, and requests are signed. cohere-go and go-openai read no address from variables, only from their options.
- cohere-go takes a comment for an answer, so nobody who asks in Cohere's format is sent any while waiting.`

/** Of paths that differ in what stands before their last part, the first. */
function pathsOf({ surfaces }: CallerFormat): string {
  const byEnding = new Map<string, string>()
  for (const { path, flavour } of surfaces) {
    const ending = `${flavour ?? ''} ${path.slice(path.lastIndexOf('/'))}`
    if (!byEnding.has(ending)) byEnding.set(ending, path)
  }
  return [...byEnding.values()].map(code).join('<br>')
}

const framingNames: Readonly<Record<StreamFraming, string>> = {
  sse: 'server-sent events',
  jsonArray: 'one JSON array',
  awsEventStream: 'AWS event stream',
}

function framingsOf(format: CallerFormat): string {
  const dialect = allDialects.find(one => one.format === format.format)
  if (dialect === undefined) return 'never'
  const [surface] = dialect.surfaces
  if (surface === undefined) return 'never'
  const asked = [undefined, 'sse'].map(alt =>
    dialect.framing({ surface, query: name => (name === 'alt' ? alt : undefined), header: () => undefined }),
  )
  return [...new Set(asked)].map(framing => framingNames[framing]).join(', ')
}

function providersTable(): string {
  const formats: readonly FormatName[] = [...allDialects, ...allEmbeddingDialects].map(one => one.format)
  const rows = dialects.flatMap(name => {
    const binding = bindingOf(name)
    if (binding === undefined) return []
    const native = formats.filter(format => binding.speaks(format, 'https://provider.example'))
    return [
      [
        code(name),
        native.map(code).join(', '),
        code(binding.completion),
        binding.embeddings === undefined ? '–' : code(binding.embeddings),
        framingNames[binding.framing],
        credentialOf(binding),
      ],
    ]
  })
  const columns = ['provider', 'reads as it is', 'translated to', 'embeddings', 'its streams', 'credential']
  return `## Providers\n\n${table(columns, rows)}`
}

function credentialOf(binding: ProviderBinding): string {
  const scheme = binding.credential('https://provider.example')
  switch (scheme.kind) {
    case 'bearer':
      return '`authorization: Bearer`'
    case 'header':
      return code(scheme.name)
    case 'aws':
      return 'AWS signature, or a bearer API key'
  }
}

function translationTable(title: string, probes: readonly Probe[]): string {
  const targets: readonly Target[] = models.map(([format, model]) => ({ dialect: dialectOf(format), model }))
  const columns = ['', ...models.map(([format, model]) => `${format}<br>${code(shortName(model))}`)]
  const rows = probes.map(probe => [probe.name, ...targets.map(target => fateOf(probe, target))])
  return `## ${title} on their way to a provider\n\n${legend}\n\n${table(columns, rows)}`
}

const legend = `*carried*: says the same there. *converted*: said in another way, with the same meaning. *in part*: the rest is named in
the drops. *dropped*: left out and named. Models of one vendor differ; those named here stand for their kind.`

function shortName(model: string): string {
  return model.replace(/^us\.anthropic\.|-\d{8}-v1:0$|^amazon\.|-v1:0$/g, '')
}

function answersTable(): string {
  const columns = ['', ...allDialects.map(({ format }) => format)]
  const rows = answerProbes.map(probe => [
    probe.name,
    ...allDialects.map(dialect => (isShown(probe, dialect) ? 'shown' : '–')),
  ])
  const words =
    'Text, tool calls with their ids, finish reason and tokens in and out are shown in every format. A refusal without a word of its own is shown as text.'
  return `## Answers of other vendors on their way to the caller\n\n${words}\n\n${table(columns, rows)}`
}

function namesTable(): string {
  const names = new Set(
    allDialects.flatMap(one => [...Object.keys(one.parameterNames), ...Object.keys(one.contentNames)]),
  )
  const columns = ['neutral', ...allDialects.map(({ format }) => format)]
  const rows = [...names].sort().map(name => [
    code(name),
    ...allDialects.map(({ parameterNames, contentNames }) => {
      const words: Readonly<Record<string, string | undefined>> = { ...parameterNames, ...contentNames }
      return words[name] === undefined ? '' : code(words[name])
    }),
  ])
  return `## Names in \`x-llm-fallback-drops\`\n\nAn empty cell: the caller's format has no such thing, or the neutral name is its own.\n\n${table(columns, rows)}`
}

function embeddingsTable(): string {
  const names = new Set(allEmbeddingDialects.flatMap(one => Object.keys(one.parameterNames)))
  const columns = ['neutral', ...allEmbeddingDialects.map(({ format }) => format)]
  const rows = [...names].map(name => [
    code(name),
    ...allEmbeddingDialects.map(({ parameterNames }) => {
      const words: Readonly<Record<string, string | undefined>> = parameterNames
      return words[name] === undefined ? '–' : code(words[name])
    }),
  ])
  const words = `Vectors of different models do not mix: a step whose model has another name than the first step's is skipped with
\`CapabilityMissing\`, unless it says \`allowDifferentEmbeddingSpace\`.`
  return `## Embeddings\n\n${words}\n\n${table(columns, rows)}`
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n')
}

function code(text: string): string {
  return `\`${text}\``
}
