import assert from 'node:assert/strict'
import { test } from 'node:test'
import { policyProblems, routeProblems } from '../sample-problems.ts'
import { target } from '../sample-resources.ts'

const fields: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    'an unknown field with no near miss',
    policyProblems({ routes: [], colour: 1 }),
    /unknown field "colour"$/,
  ],
  [
    'a mistyped enum value',
    policyProblems({ mode: 'Observ', routes: [] }),
    /spec.mode: not a mode \(Enforce, Observe\) \(did you mean "Observe"\?\) \(given "Observ"\)/,
  ],
  ['an empty route list', policyProblems({ routes: [] }), /spec.routes: at least 1 entry/],
  [
    'too many routes',
    policyProblems({
      routes: Array.from({ length: 65 }, (_, index) => ({ name: `r${index}`, chain: [target('a')] })),
    }),
    /spec.routes: at most 64 entries/,
  ],
  [
    'too many steps',
    routeProblems({ chain: Array.from({ length: 17 }, (_, index) => target(`s${index}`)) }),
    /chain: at most 16 entries/,
  ],
  ['an empty field', routeProblems({ match: null }), /match: an object is expected, not empty/],
  ['quality gates', routeProblems({ quality: { gates: [] } }), /quality: not supported yet/],
  ['idempotency', routeProblems({ idempotency: { window: '10m' } }), /idempotency: not supported yet/],
  [
    'money as a number',
    routeProblems({ budget: { usd: 25, per: '1h' } }),
    /budget.usd: money is a decimal text in US dollars, in quotes: "2.50" \(given 25\)/,
  ],
  ['negative money', routeProblems({ budget: { usd: '-1', per: '1h' } }), /budget.usd: money is/],
  [
    'two routes of one name',
    policyProblems({
      routes: [
        { name: 'r', chain: [target('a')] },
        { name: 'r', chain: [target('a')] },
      ],
    }),
    /routes\[1\].name: route names are unique/,
  ],
  [
    'a cache at the head',
    routeProblems({ chain: [{ name: 'a', cache: { maxAge: '1h' } }, target('b')] }),
    /chain\[0\].cache: .*cacheFirst/,
  ],
  [
    'a header condition with both members',
    routeProblems({ match: { headers: [{ name: 'x-a', value: '1', present: true }] } }),
    /headers\[0\]: a header has exactly one of value, present/,
  ],
  [
    'a header condition with none',
    routeProblems({ match: { headers: [{ name: 'x-a' }] } }),
    /headers\[0\]: a header has exactly one of/,
  ],
  [
    'a credential as a condition',
    routeProblems({ match: { headers: [{ name: 'Authorization', present: true }] } }),
    /headers\[0\].name: a header with a credential/,
  ],
  [
    'a credential as a tenant',
    policyProblems({ tenant: { header: 'x-api-key' }, routes: [{ name: 'r', chain: [target('a')] }] }),
    /tenant.header: a header with a credential/,
  ],
  [
    'two tenants',
    policyProblems({
      tenant: { header: 'x-team', value: 'a' },
      routes: [{ name: 'r', chain: [target('a')] }],
    }),
    /spec.tenant: exactly one of header, value/,
  ],
  [
    'an operator that is none',
    policyProblems({
      selector: { matchExpressions: [{ key: 'a', operator: 'in', values: ['b'] }] },
      routes: [],
    }),
    /operator: not an operator .*did you mean "In"/,
  ],
  [
    'In without values',
    policyProblems({ selector: { matchExpressions: [{ key: 'a', operator: 'In' }] }, routes: [] }),
    /values: In needs at least one value/,
  ],
  [
    'Exists with values',
    policyProblems({
      selector: { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] },
      routes: [],
    }),
    /values: Exists takes no values/,
  ],
]

for (const [what, problems, message] of fields) {
  test(`refuses ${what}`, () => assert.match(problems.join('\n') || 'accepted', message))
}
