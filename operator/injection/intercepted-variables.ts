// Which variables send the vendors' clients to the sidecar, and in which form each client wants the address. What a client reads
// was looked up in the source of its package; names and versions of the packages stand with each entry.
import { sidecarUrl } from './names.ts'

/** Variables between which a client chooses. When the app has set one of them, its choice is kept and none is added. */
export interface AddressGroup {
  readonly variables: readonly string[]
  readonly value: string
  /** Only in a container with a variable of such a name that the app itself has set. */
  readonly onlyWith?: RegExp
  /** Never in a container with a variable of such a name that the app itself has set; told as kept. */
  readonly neverWith?: RegExp
}

/** Of a client that refuses to work without a key. */
export interface PlaceholderKey {
  readonly variable: string
  /** Other variables that make a key needless or ambiguous. */
  readonly needlessWith: readonly string[]
}

export interface VendorFamily {
  readonly vendor: string
  readonly addresses: readonly AddressGroup[]
  /** Set only where an address of this family is set. */
  readonly key?: PlaceholderKey
}

const host = sidecarUrl
const withVersion = `${sidecarUrl}/v1`

/**
 * Signs that a container talks to Azure OpenAI. There the variables of OpenAI are traps: openai (npm 7.55, src/azure.ts) takes
 * OPENAI_BASE_URL for AzureOpenAI too, and then throws on an `endpoint` that the app passes, or ignores AZURE_OPENAI_ENDPOINT;
 * langchain-openai's AzureChatOpenAI refuses an OPENAI_API_BASE without `/openai` in it. OPENAI_API_VERSION means Azure alone.
 */
const azureSigns = /^(AZURE_OPENAI_|OPENAI_API_VERSION$)/

export const vendorFamilies: readonly VendorFamily[] = [
  {
    vendor: 'OpenAI',
    addresses: [
      // openai (PyPI 3.52, npm 7.55), @ai-sdk/openai 4.0, openai-agents, pydantic-ai: OPENAI_BASE_URL. langchain-openai and
      // LiteLLM: both. LlamaIndex: OPENAI_API_BASE alone. All of them add the path behind `/v1`.
      { variables: ['OPENAI_BASE_URL', 'OPENAI_API_BASE'], value: withVersion, neverWith: azureSigns },
    ],
    // openai refuses to be constructed without one, also an empty one.
    key: { variable: 'OPENAI_API_KEY', needlessWith: ['OPENAI_ADMIN_KEY'] },
  },
  {
    vendor: 'Azure OpenAI',
    addresses: [
      // openai (PyPI, npm): AzureOpenAI adds `/openai/deployments/…`. Apps choose Azure by the presence of this variable, so it
      // is not given to those that show no sign of it.
      { variables: ['AZURE_OPENAI_ENDPOINT'], value: host, onlyWith: azureSigns },
      // @langchain/openai 1.6 (src/utils/azure.ts): the deployment's name follows directly.
      {
        variables: ['AZURE_OPENAI_BASE_PATH'],
        value: `${host}/openai/deployments`,
        onlyWith: azureSigns,
      },
    ],
    // openai (npm) throws when a key meets a token provider: with a sign of Entra ID there is none.
    key: {
      variable: 'AZURE_OPENAI_API_KEY',
      needlessWith: [
        'AZURE_OPENAI_AD_TOKEN',
        'AZURE_FEDERATED_TOKEN_FILE',
        'AZURE_CLIENT_ID',
        'AZURE_TENANT_ID',
        'AZURE_AUTHORITY_HOST',
        'AZURE_CLIENT_SECRET',
        'IDENTITY_ENDPOINT',
      ],
    },
  },
  {
    vendor: 'Anthropic',
    addresses: [
      // anthropic (PyPI 2.11), @anthropic-ai/sdk 1.11: ANTHROPIC_BASE_URL, `/v1/messages` follows. @ai-sdk/anthropic 4.0 lets
      // `/messages` follow; the sidecar answers both. langchain-anthropic prefers ANTHROPIC_API_URL, LiteLLM ANTHROPIC_API_BASE.
      { variables: ['ANTHROPIC_BASE_URL', 'ANTHROPIC_API_URL', 'ANTHROPIC_API_BASE'], value: host },
    ],
    // A static key would hide the federation from anthropic's chain of credentials (lib/credentials/_constants.py).
    key: {
      variable: 'ANTHROPIC_API_KEY',
      needlessWith: [
        'ANTHROPIC_AUTH_TOKEN',
        'ANTHROPIC_FEDERATION_RULE_ID',
        'ANTHROPIC_ORGANIZATION_ID',
        'ANTHROPIC_IDENTITY_TOKEN_FILE',
        'ANTHROPIC_IDENTITY_TOKEN',
        'ANTHROPIC_PROFILE',
        'ANTHROPIC_CONFIG_DIR',
      ],
    },
  },
  {
    vendor: 'Anthropic on Microsoft Foundry',
    addresses: [
      // anthropic (PyPI, lib/foundry.py): throws when this address meets a `resource`, passed or in the environment.
      {
        variables: ['ANTHROPIC_FOUNDRY_BASE_URL'],
        value: host,
        onlyWith: /^ANTHROPIC_FOUNDRY_/,
        neverWith: /^ANTHROPIC_FOUNDRY_RESOURCE$/,
      },
    ],
  },
  {
    vendor: 'Google',
    addresses: [
      // google-genai (PyPI 3.4, _base_url.py), @google/genai 2.32, gemini-cli: version and path follow.
      { variables: ['GOOGLE_GEMINI_BASE_URL'], value: host },
      { variables: ['GOOGLE_VERTEX_BASE_URL'], value: host },
    ],
    // In Vertex mode the client signs in with the credentials of the workload.
    key: {
      variable: 'GOOGLE_API_KEY',
      needlessWith: ['GEMINI_API_KEY', 'GOOGLE_GENAI_USE_VERTEXAI', 'GOOGLE_GENAI_USE_ENTERPRISE'],
    },
  },
  {
    vendor: 'Groq',
    // groq (PyPI), groq-sdk 1.6, pydantic-ai: `/openai/v1/…` follows.
    addresses: [{ variables: ['GROQ_BASE_URL'], value: host }],
    key: { variable: 'GROQ_API_KEY', needlessWith: [] },
  },
  {
    vendor: 'Cohere',
    addresses: [
      // cohere (PyPI 7.3, client.py): `/v2/chat` follows. pydantic-ai: CO_BASE_URL.
      { variables: ['CO_API_URL', 'CO_BASE_URL'], value: host },
    ],
    key: { variable: 'CO_API_KEY', needlessWith: ['COHERE_API_KEY'] },
  },
  {
    vendor: 'AWS Bedrock',
    addresses: [
      // boto3 and the AWS SDKs: `/model/…` follows. Not AWS_ENDPOINT_URL, which is about all services of AWS.
      { variables: ['AWS_ENDPOINT_URL_BEDROCK_RUNTIME'], value: host },
      // openai in Bedrock mode (npm 7.55, src/bedrock.ts): the root of an API like OpenAI's.
      { variables: ['AWS_BEDROCK_BASE_URL'], value: withVersion },
      // anthropic (PyPI, lib/bedrock): `/model/…` follows; Mantle: `/v1/messages`.
      { variables: ['ANTHROPIC_BEDROCK_BASE_URL'], value: host },
      { variables: ['ANTHROPIC_BEDROCK_MANTLE_BASE_URL'], value: host },
    ],
    // Never AWS_ACCESS_KEY_ID: it would be used for every service of AWS. botocore uses this one for Bedrock alone.
    key: {
      variable: 'AWS_BEARER_TOKEN_BEDROCK',
      needlessWith: [
        'AWS_ACCESS_KEY_ID',
        'AWS_SECRET_ACCESS_KEY',
        'AWS_PROFILE',
        'AWS_DEFAULT_PROFILE',
        'AWS_ROLE_ARN',
        'AWS_WEB_IDENTITY_TOKEN_FILE',
        'AWS_CONTAINER_CREDENTIALS_FULL_URI',
        'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
        'AWS_SHARED_CREDENTIALS_FILE',
        'AWS_CONFIG_FILE',
      ],
    },
  },
  // pydantic-ai's OllamaProvider speaks OpenAI's format. (LangChain's ChatOllama speaks Ollama's own, which the sidecar does not.)
  { vendor: 'Ollama', addresses: [{ variables: ['OLLAMA_BASE_URL'], value: withVersion }] },
  // LangChain's ChatFireworks: OpenAI's format.
  { vendor: 'Fireworks', addresses: [{ variables: ['FIREWORKS_API_BASE'], value: withVersion }] },
]

/** Where the vendors' clients look for a key. In a container of an app each of them is one too many. */
export const keyVariables: ReadonlySet<string> = new Set([
  'AI_GATEWAY_API_KEY',
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'ANTHROPIC_FOUNDRY_API_KEY',
  'AWS_BEARER_TOKEN_BEDROCK',
  'AZURE_API_KEY',
  'AZURE_OPENAI_AD_TOKEN',
  'AZURE_OPENAI_API_KEY',
  'COHERE_API_KEY',
  'CO_API_KEY',
  'DEEPSEEK_API_KEY',
  'FIREWORKS_API_KEY',
  'GEMINI_API_KEY',
  'GOOGLE_API_KEY',
  'GOOGLE_GENERATIVE_AI_API_KEY',
  'GROQ_API_KEY',
  'MISTRAL_API_KEY',
  'OPENAI_ADMIN_KEY',
  'OPENAI_API_KEY',
  'OPENROUTER_API_KEY',
  'TOGETHER_API_KEY',
  'XAI_API_KEY',
])
