import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { frameEvent, readFrames } from './stream-framing.ts'

const line = fc.string({ unit: 'binary' }).map(text => text.replace(/[\r\n]/g, ''))
/** What an event-stream parser can yield: lines joined by line feeds. */
const data = fc.array(line, { minLength: 1, maxLength: 4 }).map(lines => lines.join('\n'))
const name = fc.option(fc.stringMatching(/^[a-z_]{1,20}$/), { nil: undefined })

test('events are read back as they were framed', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ event: name, data })), events => {
      const text = events.map(({ event, data }) => frameEvent(event, data)).join('')
      const read = readFrames(text)
      assert.deepEqual(
        read.map(({ event, data }) => [event, data]),
        events.map(({ event, data }) => [event, data]),
      )
    }),
  )
})

test('data of several lines stays one event', () => {
  assert.equal(frameEvent('a', 'b\nc'), 'event: a\ndata: b\ndata: c\n\n')
})
