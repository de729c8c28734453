// What servers of other vendors make of "OpenAI chat", as data: a new one is a line here. Their answers need no line: they are
// read by what they look like, whoever sent them.

export interface VendorHabits {
  readonly vendor: string
  /** Hosts of its public endpoints. */
  readonly hosts: readonly string[]
  /** What a server in one's own network is named after, as a word of its host name. */
  readonly word?: RegExp
  /** The port on which such a server listens where nobody has changed it, and nobody else does. */
  readonly port?: string
  /** All members of a request that it takes: any other is answered with a 4xx. Absent: unknown ones are ignored. */
  readonly takes?: ReadonlySet<string>
  /** Members that it answers with a 4xx, or that would silently do nothing. */
  readonly refuses?: ReadonlySet<string>
  /** The same for models of this kind alone. */
  readonly refusesFor?: { readonly models: RegExp; readonly members: ReadonlySet<string> }
  /** Members that it knows by another name. */
  readonly renames?: Readonly<Record<string, string>>
  /** Values of `response_format.type` that it takes; absent: all. */
  readonly formats?: ReadonlySet<string>
  /** All members of a message that it takes, by role; any other is answered with a 4xx, empty ones too. */
  readonly takesInMessages?: Readonly<Record<string, ReadonlySet<string>>>
  /** Members of a message that it answers with a 4xx. */
  readonly refusesInMessages?: ReadonlySet<string>
  /** The member that marks an unfinished answer at the end, which it refuses without. */
  readonly prefillMark?: string
  /** The member under which it wants its models' reasoning back in a history. */
  readonly reasoningBack?: (typeof reasoningMembers)[number]
}

/** Members under which servers show their reasoning; the first that says something counts. */
export const reasoningMembers = ['reasoning_content', 'reasoning'] as const

const mistral: VendorHabits = {
  vendor: 'Mistral',
  hosts: ['api.mistral.ai', 'codestral.mistral.ai'],
  takes: new Set([
    'model',
    'messages',
    'stream',
    'temperature',
    'top_p',
    'max_tokens',
    'stop',
    'random_seed',
    'metadata',
    'response_format',
    'tools',
    'tool_choice',
    'presence_penalty',
    'frequency_penalty',
    'n',
    'prediction',
    'parallel_tool_calls',
    'reasoning_effort',
    'prompt_mode',
    'guardrails',
    'prompt_cache_key',
    'service_tier',
    'safe_prompt',
  ]),
  renames: { max_completion_tokens: 'max_tokens', seed: 'random_seed' },
  takesInMessages: {
    system: new Set(['role', 'content']),
    user: new Set(['role', 'content']),
    assistant: new Set(['role', 'content', 'tool_calls', 'prefix']),
    tool: new Set(['role', 'content', 'tool_call_id', 'name']),
  },
  prefillMark: 'prefix',
}

const groq: VendorHabits = {
  vendor: 'Groq',
  hosts: ['api.groq.com'],
  refuses: new Set(['logprobs', 'top_logprobs', 'logit_bias', 'n']),
  refusesInMessages: new Set(['reasoning_content']),
}

const cerebras: VendorHabits = {
  vendor: 'Cerebras',
  hosts: ['api.cerebras.ai'],
  refusesInMessages: new Set(['reasoning_content']),
  reasoningBack: 'reasoning',
}

const deepSeek: VendorHabits = {
  vendor: 'DeepSeek',
  hosts: ['api.deepseek.com'],
  refuses: new Set(['seed', 'n', 'logit_bias', 'parallel_tool_calls', 'service_tier']),
  renames: { max_completion_tokens: 'max_tokens' },
  formats: new Set(['text', 'json_object']),
  reasoningBack: 'reasoning_content',
}

const together: VendorHabits = {
  vendor: 'Together',
  hosts: ['api.together.xyz', 'api.together.ai'],
  refuses: new Set(['service_tier', 'parallel_tool_calls']),
  renames: { max_completion_tokens: 'max_tokens' },
}

const xai: VendorHabits = {
  vendor: 'xAI',
  hosts: ['api.x.ai'],
  refuses: new Set(['logit_bias']),
  refusesFor: {
    models: /^grok-(?:[4-9]|3-mini|code)/,
    members: new Set(['presence_penalty', 'frequency_penalty', 'stop']),
  },
}

const openRouter: VendorHabits = {
  vendor: 'OpenRouter',
  hosts: ['openrouter.ai'],
  reasoningBack: 'reasoning',
}

const vllm: VendorHabits = {
  vendor: 'vLLM',
  hosts: [],
  word: /\bvllm\b/,
  refuses: new Set(['service_tier', 'store']),
}

const ollama: VendorHabits = {
  vendor: 'Ollama',
  hosts: ['ollama.com'],
  word: /\bollama\b/,
  port: '11434',
  refuses: new Set(['tool_choice', 'parallel_tool_calls', 'logit_bias', 'n', 'service_tier', 'store']),
  renames: { max_completion_tokens: 'max_tokens' },
}

const llamaCpp: VendorHabits = {
  vendor: 'llama.cpp',
  hosts: [],
  word: /\bllama-?(?:cpp|server)\b/,
  refuses: new Set(['service_tier', 'store']),
  reasoningBack: 'reasoning_content',
}

export const vendorTable: readonly VendorHabits[] = [
  mistral,
  groq,
  cerebras,
  deepSeek,
  together,
  xai,
  openRouter,
  vllm,
  ollama,
  llamaCpp,
]

/** Endpoints stand in policies, so there are few of them, and each is asked about several times in every request. */
const known = new Map<string, VendorHabits | undefined>()
const mostKnown = 256

/** By the endpoint that a policy names; an unknown one gets what the vendor of the format would get. */
export function vendorHabitsOf(endpoint: string | undefined): VendorHabits | undefined {
  if (endpoint === undefined) return undefined
  const habits = known.get(endpoint)
  if (habits !== undefined || known.has(endpoint)) return habits
  if (known.size >= mostKnown) known.clear()
  const found = findHabits(endpoint)
  known.set(endpoint, found)
  return found
}

function findHabits(endpoint: string): VendorHabits | undefined {
  if (!URL.canParse(endpoint)) return undefined
  const { hostname, port } = new URL(endpoint)
  const isIts = ({ hosts, word, port: usual }: VendorHabits) =>
    hosts.some(host => hostname === host || hostname.endsWith(`.${host}`)) ||
    word?.test(hostname) === true ||
    (port !== '' && port === usual)
  return vendorTable.find(isIts)
}
