import assert from 'node:assert/strict'
import { test } from 'node:test'
import { missingForms } from './answer-forms.ts'

const alike: readonly (readonly [string, string, string])[] = [
  [
    'a table with other rows',
    'NAME   LAST SEEN\na      1s\n',
    'NAME       LAST SEEN\nlonger     20m\nb   1s\n',
  ],
  [
    'a log with other lines',
    '{"level":"warn","time":"1","msg":"a"}',
    '{"level":"info","time":"2","x":1,"msg":"b"}',
  ],
  [
    'another value of a header',
    'HTTP/1.1 200 OK\nx-llm-fallback-hop: 1',
    'HTTP/1.1 200 OK\r\nx-llm-fallback-hop: 2\r\n',
  ],
  ['other values of fields', 'Accepted=True Accepted: fine', 'Accepted=False Invalid: not fine'],
  ['other labels of a metric', 'calls_total{route="a",path="b"} 7', 'calls_total{route="c",path="d"} 0.5'],
  ['an answer of one word', 'yes\nno', 'no\nyes'],
]
for (const [what, shown, said] of alike) {
  test(`${what} has the same form`, () => assert.deepEqual(missingForms(shown, said), []))
}

const unlike: readonly (readonly [string, string, string, string])[] = [
  ['a column', 'NAME   LIVE   AGE', 'NAME   AGE', 'the columns NAME, LIVE, AGE'],
  ['a header', 'x-llm-fallback-hop: 1', 'x-llm-fallback-route: chat', 'x-llm-fallback-hop:'],
  [
    'a label',
    'calls_total{route="a",path="b"} 7',
    'calls_total{route="a"} 7',
    'the metric calls_total by route, path',
  ],
  ['a field', '{\n  "state": "open"\n}', '{\n  "status": "open"\n}', 'the field state'],
  ['a value of a line with tabs', 'a\tb\t', 'a\tb', '3 columns between tabs'],
  ['a status', 'HTTP/1.1 503 Service Unavailable', 'HTTP/1.1 200 OK', 'the status 503'],
  ['a word', 'ready', 'waiting for the first list', 'ready'],
  ['all of it', 'some sentence', '\n', 'anything'],
]
for (const [what, shown, said, form] of unlike) {
  test(`${what} that is missing is named`, () => assert.deepEqual(missingForms(shown, said), [form]))
}
