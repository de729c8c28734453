import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SignableRequest, signAwsRequest } from './sign-aws-request.ts'

/** The credential, time, region and service of AWS' published examples. */
const example: SignableRequest = {
  method: 'GET',
  url: new URL('https://example.amazonaws.com/'),
  headers: {},
  body: new Uint8Array(0),
  credential: {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  },
  region: 'us-east-1',
  service: 'service',
  now: new Date('2015-08-30T12:36:00Z'),
}

async function signatureOf(change: Partial<SignableRequest>): Promise<string | undefined> {
  const headers = await signAwsRequest({ ...example, ...change })
  return /Signature=([0-9a-f]{64})$/.exec(headers['authorization'] ?? '')?.[1]
}

test('signs the plain request of the published examples', async () => {
  const headers = await signAwsRequest(example)
  assert.deepEqual(headers, {
    'x-amz-date': '20150830T123600Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  })
})

test('signs the published examples with another method, a body and a query', async () => {
  assert.equal(
    await signatureOf({ method: 'POST' }),
    '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  )
  assert.equal(
    await signatureOf({
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from('Param1=value1'),
    }),
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  )
  assert.equal(
    await signatureOf({ url: new URL('https://example.amazonaws.com/?Param2=value2&Param1=value1') }),
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  )
})

test('signs the published example of a service with headers of its own', async () => {
  const signature = await signatureOf({
    url: new URL('https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08'),
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    service: 'iam',
  })
  assert.equal(signature, '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7')
})

test('a temporary credential shows its token, under the signature', async () => {
  const headers = await signAwsRequest({
    ...example,
    credential: { ...example.credential, sessionToken: 'a-token' },
  })
  assert.equal(headers['x-amz-security-token'], 'a-token')
  assert.match(headers['authorization'] ?? '', /SignedHeaders=host;x-amz-date;x-amz-security-token,/)
})

test('other bytes, another model in the path and another host have another signature', async () => {
  const url = new URL('https://bedrock-runtime.us-east-1.amazonaws.com/model/a.b-v1%3A0/converse')
  const base = { method: 'POST', url, body: Buffer.from('{}') }
  const signatures = new Set([
    await signatureOf(base),
    await signatureOf({ ...base, body: Buffer.from('{ }') }),
    await signatureOf({ ...base, url: new URL(url.href.replace('v1', 'v2')) }),
    await signatureOf({ ...base, url: new URL(url.href.replace('us-east-1', 'eu-west-1')) }),
  ])
  assert.equal(signatures.size, 4)
})

test('the headers of the request are sent on, and the host only where it was given', async () => {
  const sent = await signAwsRequest({
    ...example,
    headers: { accept: 'application/json', 'user-agent': 'x' },
  })
  assert.equal(sent['accept'], 'application/json')
  assert.equal(sent['user-agent'], 'x')
  assert.equal(sent['host'], undefined)
  assert.match(sent['authorization'] ?? '', /SignedHeaders=accept;host;x-amz-date,/)
})

test('no error shows the secret', async () => {
  const broken = { ...example, now: new Date(Number.NaN) }
  await assert.rejects(signAwsRequest(broken), error => {
    assert.ok(error instanceof Error)
    assert.doesNotMatch(`${error.stack}`, /EXAMPLEKEY/)
    return true
  })
})
