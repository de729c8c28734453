import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isLoopback } from './is-loopback.ts'

test('loopback addresses are those of the pod itself, in each of their spellings', () => {
  for (const address of ['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1', '::FFFF:127.0.0.1']) {
    assert.ok(isLoopback(address), address)
  }
})

test('everything else is from elsewhere', () => {
  for (const address of [
    '10.244.0.7',
    '128.0.0.1',
    'fd00::1',
    '::ffff:10.0.0.1',
    '127.0.0.1.evil.example',
    '::127.0.0.1',
    '',
    undefined,
  ]) {
    assert.ok(!isLoopback(address), String(address))
  }
})
