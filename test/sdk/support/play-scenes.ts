// The scenes that every vendor's client goes through, whoever stands behind the sidecar.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Act, Caller, Client, Seen } from './caller.ts'
import { weather } from './caller.ts'
import {
  castings,
  type EveryVendor,
  manualText,
  situations,
  startEveryVendor,
  type VendorName,
  vendorNames,
} from './every-vendor.ts'

/** @param home whose format the client speaks. */
export function playScenes(caller: Caller, home: VendorName): void {
  describe(caller.name, { skip: caller.skip ?? false }, () => {
    const stage = new Stage(caller)
    before(() => stage.open())
    after(() => stage.close())
    afterEach(() => stage.world.heal())
    for (const vendor of vendorNames) playAnswers(stage, vendor)
    playRescues(stage, home)
    playWaiting(stage, home)
    for (const vendor of [home, castings[home].rescuer]) playFailures(stage, vendor)
    playRetries(stage, home)
    playFloorAndCache(stage, home)
  })
}

class Stage {
  readonly caller: Caller
  #world: EveryVendor | undefined
  #client: Client | undefined

  constructor(caller: Caller) {
    this.caller = caller
  }

  async open(): Promise<void> {
    await this.caller.prepare?.()
    this.#world = await startEveryVendor()
    this.#client = await this.caller.connect(this.#world.url)
  }

  async close(): Promise<void> {
    await this.#client?.close()
    await this.#world?.close()
  }

  get world(): EveryVendor {
    assert.ok(this.#world, 'the stage is not open')
    return this.#world
  }

  async play(act: Act, model: string, retries: 'none' | 'usual' = 'none'): Promise<Seen> {
    assert.ok(this.#client, 'the stage is not open')
    return this.#client.play({ act, model, retries })
  }

  /** Requests that reached this vendor while `work` ran. */
  async countAsked(vendor: VendorName, work: () => Promise<unknown>): Promise<number> {
    const { asked } = this.world.vendors[vendor]
    const before = asked.length
    await work()
    return asked.length - before
  }
}

function greetingOf(vendor: VendorName): RegExp {
  return new RegExp(`^Hello from ${castings[vendor].says}, model .* nothing of your question\\.$`)
}

function assertNothingRaised({ raised }: Seen): void {
  assert.equal(raised, undefined)
}

function playAnswers(stage: Stage, vendor: VendorName): void {
  const { finish } = stage.caller
  const model = situations.only(vendor)

  for (const act of ['ask', 'stream'] as const) {
    test(`${act}: gets a text of ${vendor}`, async () => {
      const seen = await stage.play(act, model)
      assertNothingRaised(seen)
      assert.match(seen.text, greetingOf(vendor))
      assert.equal(seen.finish, finish.stop)
      const tellsUsage = act === 'ask' || stage.caller.hasNoStreamUsage === undefined
      if (tellsUsage) assert.ok((seen.outputTokens ?? 0) > 0, `output tokens: ${seen.outputTokens}`)
      if (act === 'stream') assert.ok((seen.pieces ?? 0) > 5, `pieces: ${seen.pieces}`)
    })
  }

  const acts = stage.caller.readsNoStreamedCalls
    ? (['useTool'] as const)
    : (['useTool', 'streamTool'] as const)
  for (const act of acts) {
    test(`${act}: calls a tool for ${vendor} and brings the result back`, async () => {
      const seen = await stage.play(act, model)
      assertNothingRaised(seen)
      assert.deepEqual(seen.calls, [{ name: weather.name, input: { city: 'simulated' } }])
      assert.equal(seen.callFinish, finish.toolCalls)
      assert.match(seen.text, greetingOf(vendor))
      const secondTurn = stage.world.vendors[vendor].asked.at(-1)?.body ?? ''
      assert.ok(secondTurn.includes(weather.result), 'the result did not reach the vendor')
    })
  }
}

function playRescues(stage: Stage, home: VendorName): void {
  const { rescuer } = castings[home]
  for (const fault of ['overloaded', 'server-error', 'down', 'cut-before-content'] as const) {
    for (const act of ['ask', 'stream'] as const) {
      test(`${act}: is rescued by ${rescuer} when ${home} is ${fault}`, async () => {
        await stage.world.vendors[home].breakWith(fault)
        const seen = await stage.play(act, situations.rescued(home))
        assertNothingRaised(seen)
        assert.match(seen.text, greetingOf(rescuer))
        assert.equal(seen.finish, stage.caller.finish.stop)
      })
    }
  }

  test('an agent goes on with another vendor after a tool call', async () => {
    await stage.world.vendors[home].breakWith('overloaded')
    const seen = await stage.play('useTool', situations.rescued(home))
    assertNothingRaised(seen)
    assert.match(seen.text, greetingOf(rescuer))
  })
}

/** Where the format has a place for them, comments go out while nobody answers, and the status line before them. */
function playWaiting(stage: Stage, home: VendorName): void {
  const { rescuer } = castings[home]
  test(`stream: reads what ${rescuer} says after ${home} said nothing`, async () => {
    await stage.world.vendors[home].breakWith('silent')
    const seen = await stage.play('stream', situations.waiting(home))
    assertNothingRaised(seen)
    assert.match(seen.text, greetingOf(rescuer))
    assert.equal(seen.finish, stage.caller.finish.stop)
  })

  const skip = stage.caller.leavesRejections && 'the client leaves a rejected promise that nobody can catch'
  test(`stream: raises when ${home} said nothing and ${rescuer} fails`, { skip: skip ?? false }, async () => {
    await stage.world.vendors[home].breakWith('silent')
    await stage.world.vendors[rescuer].breakWith('server-error')
    const seen = await stage.play('stream', situations.waiting(home))
    assert.equal(seen.text, '')
    assert.ok(seen.raised, 'nothing was raised')
  })
}

function playFailures(stage: Stage, vendor: VendorName): void {
  const { raises } = stage.caller
  const raisedBy = async (act: Act, model: string) => {
    const seen = await stage.play(act, model)
    return { name: seen.raised?.name, status: seen.raised?.status }
  }

  for (const act of ['ask', 'stream'] as const) {
    test(`${act}: an overload of ${vendor} raises ${raises.overloaded}`, async () => {
      await stage.world.vendors[vendor].breakWith('overloaded')
      const raised = await raisedBy(act, situations.only(vendor))
      assert.deepEqual(raised, { name: raises.overloaded, status: 503 })
    })

    test(`${act}: a prompt that is too long for ${vendor} raises ${raises.tooLong}`, async () => {
      await stage.world.vendors[vendor].breakWith('context-overflow')
      const raised = await raisedBy(act, situations.only(vendor))
      assert.deepEqual(raised, { name: raises.tooLong, status: 400 })
    })
  }

  test(`a rate limit of ${vendor} raises ${raises.rateLimited}`, async () => {
    await stage.world.vendors[vendor].breakWith('rate-limited')
    const raised = await raisedBy('ask', situations.limited(vendor))
    assert.deepEqual(raised, { name: raises.rateLimited, status: 429 })
  })

  const skip = stage.caller.leavesRejections && 'the client leaves a rejected promise that nobody can catch'
  const broken = `a stream of ${vendor} that breaks after its first words is not taken for a whole answer`
  test(broken, { skip: skip ?? false }, async () => {
    await stage.world.vendors[vendor].breakWith('cut-after-content')
    const seen = await stage.play('stream', situations.rescued(vendor))
    assert.match(seen.text, /^Hello from simulated/)
    assert.ok(seen.raised, 'nothing was raised')
    if (raises.broken !== undefined) assert.equal(seen.raised.name, raises.broken)
  })
}

function playRetries(stage: Stage, home: VendorName): void {
  const { caller } = stage

  test('a model that no route matches raises the class of 404', async () => {
    const { raised } = await stage.play('ask', 'nobody-routes-this')
    assert.deepEqual(
      { name: raised?.name, status: raised?.status },
      { name: caller.raises.unknownModel, status: 404 },
    )
  })

  test(`asks ${caller.triesOnOverload} times in all while asking again may help`, async () => {
    await stage.world.vendors[home].breakWith('overloaded')
    const asked = await stage.countAsked(home, () => stage.play('ask', situations.only(home), 'usual'))
    assert.equal(asked, caller.triesOnOverload)
  })

  test('does not ask again when asking again cannot help', async () => {
    await stage.world.vendors[home].breakWith('context-overflow')
    const asked = await stage.countAsked(home, () => stage.play('ask', situations.only(home), 'usual'))
    assert.equal(asked, 1)
  })
}

function playFloorAndCache(stage: Stage, home: VendorName): void {
  for (const act of ['ask', 'stream'] as const) {
    test(`${act}: takes a manual answer for a normal one`, async () => {
      await stage.world.vendors[home].breakWith('overloaded')
      const seen = await stage.play(act, situations.floor(home))
      assertNothingRaised(seen)
      assert.equal(seen.text, manualText)
      assert.equal(seen.finish, stage.caller.finish.stop)
    })
  }

  test('takes an answer from the cache for a normal one, whole and streamed', async () => {
    const model = situations.cached(home)
    const first = await stage.play('ask', model)
    assertNothingRaised(first)
    const asked = await stage.countAsked(home, async () => {
      for (const act of ['ask', 'stream'] as const) {
        const again = await stage.play(act, model)
        assertNothingRaised(again)
        assert.equal(again.text, first.text)
        assert.equal(again.finish, stage.caller.finish.stop)
      }
    })
    assert.equal(asked, 0)
  })
}
