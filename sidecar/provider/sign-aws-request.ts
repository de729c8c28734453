// AWS Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
// The signer is loaded for the first request that needs it: most sidecars never call AWS.
import { createHash, createHmac } from 'node:crypto'

export interface AwsCredential {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface SignableRequest {
  readonly method: string
  readonly url: URL
  /** All that will be sent and is known by now, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** The very bytes that will be sent. */
  readonly body: Uint8Array
  readonly credential: AwsCredential
  readonly region: string
  /** The name that the service signs by, e.g. `bedrock`. */
  readonly service: string
  readonly now: Date
}

/** The headers with the signature, its time and, for temporary credentials, their token. */
export async function signAwsRequest(request: SignableRequest): Promise<Readonly<Record<string, string>>> {
  const { SignatureV4 } = await import('@smithy/signature-v4')
  const { url, headers, credential, region, service, now } = request
  const signer = new SignatureV4({
    credentials: credential,
    region,
    service,
    sha256: Sha256,
    // A header with the checksum of the body is for S3; the signature covers the body without it.
    applyChecksum: false,
  })
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: queryOf(url),
      headers: { ...headers, host: url.host },
      body: request.body,
    },
    { signingDate: now },
  )
  // The connection writes `host` by itself.
  const { host: _host, ...rest } = signed.headers
  return headers['host'] === undefined ? rest : signed.headers
}

/** Repeated names keep all their values. */
function queryOf({ searchParams }: URL): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {}
  for (const name of new Set(searchParams.keys())) {
    const values = searchParams.getAll(name)
    query[name] = values.length === 1 ? (values[0] ?? '') : values
  }
  return query
}

/** Node's own hash in the form that the signer asks for: a prompt of megabytes is hashed ten times faster than in JavaScript. */
class Sha256 {
  readonly #secret: HashSource | undefined
  #hash

  constructor(secret?: HashSource) {
    this.#secret = secret
    this.#hash = newHash(secret)
  }

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk)
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()))
  }

  reset(): void {
    this.#hash = newHash(this.#secret)
  }
}

type HashSource = string | ArrayBuffer | ArrayBufferView

function newHash(secret: HashSource | undefined) {
  return secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret))
}

function bytesOf(source: HashSource): Uint8Array {
  if (typeof source === 'string') return Buffer.from(source)
  if (source instanceof ArrayBuffer) return new Uint8Array(source)
  return new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
}
