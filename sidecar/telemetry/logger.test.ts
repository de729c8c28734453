import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBreakerLog, createLogger, createPolicyLog, describeError } from './logger.ts'

function capture(level: 'info' | 'debug' = 'info') {
  const lines: Record<string, unknown>[] = []
  const logger = createLogger(level, { write: (line: string) => lines.push(JSON.parse(line)) })
  return { logger, lines }
}

test('a breaker that opens is a warning that names its target and cause', () => {
  const { logger, lines } = capture()
  createBreakerLog(logger)({
    kind: 'breakerChanged',
    target: 'openai/gpt-4o',
    from: 'closed',
    to: 'open',
    cause: 'RateLimited',
  })
  const { time, ...line } = lines[0] ?? {}
  assert.equal(typeof time, 'string')
  assert.deepEqual(line, {
    level: 'warn',
    target: 'openai/gpt-4o',
    from: 'closed',
    to: 'open',
    cause: 'RateLimited',
    msg: 'circuit breaker opened',
  })
})

test('an error is told without its words and with its causes', () => {
  const { logger, lines } = capture()
  const cause = Object.assign(new Error('sk-canary in a body'), { code: 'ECONNRESET' })
  logger.error(
    { error: new TypeError('Unexpected token canary\n    at canary (prompt)', { cause }) },
    'failed',
  )
  const text = JSON.stringify(lines)
  assert.doesNotMatch(text, /canary/)
  assert.match(text, /"name":"TypeError"/)
  assert.match(text, /"code":"ECONNRESET"/)
  assert.match(text, /logger\.test\.ts/)
})

test('an error whose message was changed later shows no frames rather than the old message', () => {
  const error = new Error('canary one')
  assert.match(error.stack ?? '', /canary one/)
  error.message = 'two'
  assert.deepEqual(describeError(error), { name: 'Error' })
})

test('a refused policy tells its problems', () => {
  const { logger, lines } = capture()
  const log = createPolicyLog(logger)
  log.applied({ digest: 'abcdef0123456789', policies: ['support/copilot@7'] })
  log.refused(['FallbackPolicy support/copilot: spec.routes: must not be empty'])
  log.unchanged()
  assert.deepEqual(
    lines.map(line => [line['level'], line['msg']]),
    [
      ['info', 'policy applied'],
      ['error', 'policy refused, what was live before stays'],
    ],
  )
})
