// Twins of `providerRules`, of the rules for endpoints and of the handshake with namespaces.
import { neverProviderNames } from '../resources/endpoint.ts'
import { ownedHeaders } from '../resources/headers.ts'
import { hostRegionPattern, publicEndpoints, regionalEndpoints } from '../vocabulary.ts'
import { quote, quoteList } from './cel-text.ts'
import { namesAreUnique, namesNoCredential } from './name-rules.ts'
import type { ObjectRules } from './object-rules.ts'
import type { CelRule } from './structural-schema.ts'

/** The host of a URL in the spelling that people write; other spellings are the webhook's. */
const host = (pattern: string) => `(?i)^https?://(${pattern})[.]?(:[0-9]*)?(/|$)`

const neverNames = [...neverProviderNames].map(name => name.replaceAll('.', '[.]')).join('|')

/** A plain URL of a dotted name outside the cluster, or of an address that is not loopback. */
const plainElsewhere = [
  `self.endpoint.matches(${quote('(?i)^http://([-a-z0-9_]+[.])+[a-z][-a-z0-9]*[.]?(:[0-9]*)?(/|$)')})`,
  `!self.endpoint.matches(${quote('(?i)^http://[^/:]*[.](svc|svc[.]cluster[.]local|localhost)[.]?(:[0-9]*)?(/|$)')})`,
].join(' && ')
const plainAddress = [
  `self.endpoint.matches(${quote('(?i)^http://[1-9][0-9]*([.][0-9]+){3}(:[0-9]*)?(/|$)')})`,
  `!self.endpoint.lowerAscii().startsWith("http://127.")`,
].join(' && ')

/** They stand on the spec, whose content the API server does not repeat: an endpoint may hold a password. */
const endpointRules: readonly CelRule[] = [
  {
    rule: `self.endpoint.matches(${quote('(?i)^https?://[^/]')}) && !self.endpoint.matches(${quote('[\\s\\\\\\x00-\\x1f\\x7f]')})`,
    message: 'an absolute URL is expected, such as https://api.openai.com/v1',
  },
  {
    rule: `!self.endpoint.matches(${quote('[?#]')})`,
    message: 'a base URL has no query and no fragment',
  },
  {
    rule: `!self.endpoint.matches(${quote('(?i)^https?://[^/]*@')})`,
    message: 'a base URL has no user name or password: use spec.credentials',
  },
  {
    rule: `!self.endpoint.matches(${quote(host('169[.]254[.][0-9]+[.][0-9]+'))})`,
    message: 'link-local and metadata addresses are never a provider',
  },
  {
    rule: `!self.endpoint.matches(${quote(host(neverNames))})`,
    message: 'metadata services and the API server are never a provider',
  },
  {
    rule: `!(${plainElsewhere}) && !(${plainAddress})`,
    message:
      'http: is for loopback and cluster services only (127.0.0.1, localhost, name, name.namespace.svc)',
  },
]

const headerRules: readonly CelRule[] = [
  {
    rule: namesNoCredential(),
    message: 'credentials go into spec.credentials, not into a header',
  },
  {
    rule: `!(self.lowerAscii() in ${quoteList([...ownedHeaders])})`,
    message: 'this header is written by the sidecar itself',
  },
  {
    rule: '!self.lowerAscii().startsWith("x-llm-fallback")',
    message: 'x-llm-fallback headers are for callers only',
  },
]

const withPublicEndpoint = quoteList(Object.keys(publicEndpoints))
const withRegionalEndpoint = quoteList(Object.keys(regionalEndpoints))

const providerSpecRules: readonly CelRule[] = [
  ...endpointRules.map(({ rule, message }) => ({
    rule: `!has(self.endpoint) || (${rule})`,
    message,
    fieldPath: '.endpoint',
  })),
  {
    rule: `has(self.endpoint) || self.dialect in ${withRegionalEndpoint} || self.dialect in ${withPublicEndpoint}`,
    message: 'required for a dialect that has no public one',
    messageExpression: '"required for " + self.dialect + ", which has no public one"',
    fieldPath: '.endpoint',
    reason: 'FieldValueRequired',
  },
  {
    rule: `has(self.endpoint) || !(self.dialect in ${withRegionalEndpoint}) || (has(self.region) && self.region.matches(${quote(hostRegionPattern)}))`,
    message: 'required for a dialect with regional endpoints when no region is given',
    messageExpression: '"required for " + self.dialect + " without a region of the vendor\'s"',
    fieldPath: '.endpoint',
    reason: 'FieldValueRequired',
  },
  {
    rule: '!has(self.tls) || !has(self.endpoint) || !self.endpoint.lowerAscii().startsWith("http:")',
    message: 'needs an https endpoint',
    fieldPath: '.tls',
  },
]

const specTwins = ['endpointIsKnown', 'tlsNeedsHttps']

export const providerObjectRules: readonly ObjectRules[] = [
  { at: 'LLMProvider.spec', twinOf: specTwins, rules: providerSpecRules },
  { at: 'ClusterLLMProvider.spec', twinOf: specTwins, rules: providerSpecRules },
  // Its rules are endpointRules, on the spec.
  { at: 'spec.endpoint', refinements: 1, rules: [] },
  {
    at: 'spec.headers',
    twinOf: ['headerNamesAreUnique'],
    rules: [
      namesAreUnique('header names are unique, whatever their case', entry => `${entry}.name.lowerAscii()`),
    ],
  },
  { at: 'spec.headers[].name', twinOf: ['headersAreFreeToSet'], rules: headerRules },
  {
    at: 'spec.models',
    twinOf: ['modelNamesAreUnique'],
    mapKey: 'name',
    rules: [],
  },
  {
    at: 'allowedNamespaces',
    refinements: 1,
    rules: [
      {
        rule: 'self.from != "Selector" || has(self.selector)',
        message: 'required with from: Selector',
        fieldPath: '.selector',
        reason: 'FieldValueRequired',
      },
      {
        rule: 'self.from == "Selector" || !has(self.selector)',
        message: 'only used with from: Selector; remove it',
        messageExpression: '"not used with from: " + self.from + "; remove it"',
        fieldPath: '.selector',
        reason: 'FieldValueForbidden',
      },
    ],
  },
]
