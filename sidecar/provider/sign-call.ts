// A call with AWS' signature, over the bytes and headers that really go out. The signer is loaded with the first such call:
// a pod that never calls AWS has nothing of it in memory.
import type { ProviderCall } from '../chain/ports.ts'
import type { Failure } from '../failure/failure.ts'
import { type AwsKeys, awsRegion } from './aws-credential.ts'

/** What goes out besides the body. */
export interface RequestLines {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

export type Signing =
  | { readonly kind: 'signed'; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'failed'; readonly failure: Failure }

const noRegion: Failure = {
  kind: 'AuthFailed',
  detail: 'neither the endpoint nor the provider names the region that a signature needs',
}
const unsignable: Failure = {
  kind: 'AuthFailed',
  detail: 'the request cannot be signed with this credential',
}

export async function signCall(
  { provider, body }: ProviderCall,
  lines: RequestLines,
  by: { readonly keys: AwsKeys; readonly service: string },
): Promise<Signing> {
  const region = awsRegion(provider)
  if (region === undefined) return { kind: 'failed', failure: noRegion }
  try {
    const { signAwsRequest } = await import('./sign-aws-request.ts')
    const headers = await signAwsRequest({
      method: 'POST',
      url: new URL(lines.path, provider.endpoint),
      headers: lines.headers,
      body,
      credential: by.keys,
      region,
      service: by.service,
      now: new Date(),
    })
    return { kind: 'signed', headers }
  } catch {
    // The cause may quote the credential.
    return { kind: 'failed', failure: unsignable }
  }
}
