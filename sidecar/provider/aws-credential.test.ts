import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Confidential } from '../failure/confidential.ts'
import { awsRegion, readAwsKeys } from './aws-credential.ts'

test('a pair of keys is read, with its session token or without', () => {
  const pair = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
  assert.deepEqual(readAwsKeys(new Confidential(JSON.stringify(pair))), pair)
  const withToken = { ...pair, sessionToken: 'token' }
  assert.deepEqual(readAwsKeys(new Confidential(JSON.stringify(withToken))), withToken)
})

test('anything else is an API key', () => {
  for (const text of [
    'bedrock-api-key',
    '{"accessKeyId":"a"}',
    '{',
    '{"accessKeyId":1,"secretAccessKey":"s"}',
  ]) {
    assert.equal(readAwsKeys(new Confidential(text)), undefined)
  }
})

test("the region is the endpoint's, else the provider's", () => {
  const regionOf = (endpoint: string) => awsRegion({ endpoint, region: 'eu-west-1' })
  assert.equal(regionOf('https://bedrock-runtime.us-east-1.amazonaws.com'), 'us-east-1')
  assert.equal(regionOf('https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com'), 'us-gov-west-1')
  assert.equal(regionOf('https://bedrock-runtime.cn-north-1.amazonaws.com.cn'), 'cn-north-1')
  assert.equal(regionOf('https://vpce-1-a.bedrock-runtime.us-east-2.vpce.amazonaws.com'), 'us-east-2')
  assert.equal(regionOf('http://127.0.0.1:9000'), 'eu-west-1')
  assert.equal(awsRegion({ endpoint: 'https://gateway.example' }), undefined)
})
