import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime'
import type { Scene } from '../caller.ts'

/** The exceptions of AWS' package, whichever operation is called. */
export const bedrockExceptions = {
  overloaded: 'ServiceUnavailableException',
  rateLimited: 'ThrottlingException',
  tooLong: 'ValidationException',
  unknownModel: 'ResourceNotFoundException',
} as const

/** One client for each way of trying again: its connections live on. */
export class BedrockClients {
  readonly #url: string
  readonly #open = new Map<Scene['retries'], BedrockRuntimeClient>()

  constructor(url: string) {
    this.#url = url
  }

  for({ retries }: Scene): BedrockRuntimeClient {
    const known = this.#open.get(retries)
    if (known !== undefined) return known
    const client = new BedrockRuntimeClient({
      endpoint: this.#url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a-placeholder', secretAccessKey: 'a-placeholder' },
      ...(retries === 'none' ? { maxAttempts: 1 } : {}),
    })
    this.#open.set(retries, client)
    return client
  }

  close(): void {
    for (const client of this.#open.values()) client.destroy()
  }
}
