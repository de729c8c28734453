import assert from 'node:assert/strict'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import test from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { drainExchanges } from './drain.ts'
import { ExchangeRegister } from './exchange.ts'

function setUp() {
  const clock = new FakeClock()
  const register = new ExchangeRegister({ clock, newRequestId: () => 'a' })
  const steps: string[] = []
  const drain = (withinMs: number) =>
    drainExchanges({
      withinMs,
      register,
      clock,
      stopAccepting: () => steps.push(`closed at ${clock.now()}`),
      sayFarewell: () => steps.push(`farewell at ${clock.now()}`),
    }).then(() => steps.push(`over at ${clock.now()}`))
  const open = () => {
    const request = new IncomingMessage(new Socket())
    const response = new ServerResponse(request)
    register.open(request, response)
    return response
  }
  return { clock, steps, drain, open }
}

test('with nothing to do it ends at once', async () => {
  const { clock, steps, drain } = setUp()
  await clock.advance(1_000)
  await drain(25_000)
  assert.deepEqual(steps, ['closed at 1000', 'over at 1000'])
})

test('a program that has just asked may ask again: the door closes once all is quiet', async () => {
  const { clock, steps, drain, open } = setUp()
  const response = open()
  const drained = drain(25_000)
  await clock.advance(2_000)
  response.emit('close')
  await clock.advance(1_000)
  await drained
  assert.deepEqual(steps, ['closed at 2500', 'over at 2500'])
})

test('the door closes late, farewell comes shortly before the end, and the end on time', async () => {
  const { clock, steps, drain, open } = setUp()
  open()
  const drained = drain(20_000)
  await clock.advance(21_000)
  await drained
  assert.deepEqual(steps, ['closed at 15000', 'farewell at 19000', 'over at 20000'])
})
