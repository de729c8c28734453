import assert from 'node:assert/strict'
import test from 'node:test'
import { serverHosts } from './server-hosts.ts'

const service = ['llm-fallback.system.svc', 'llm-fallback.system.svc.cluster.local']
const loopback = ['localhost', '127.0.0.1', '::1']

test('names the service, the hosts that others are told, and loopback where it is listened on', () => {
  const urls = [new URL('https://operator.example:8443'), new URL('https://llm-fallback.system.svc:8443')]
  const hosts = serverHosts({ namespace: 'system', urls, listenHosts: ['0.0.0.0'] })
  assert.deepEqual(hosts, [...service, 'operator.example', ...loopback])
})

test('an address in brackets is named without them, and a single address alone', () => {
  const hosts = serverHosts({
    namespace: 'system',
    urls: [new URL('https://[fd00::1]:8443'), new URL('https://192.0.2.1')],
    listenHosts: ['10.0.0.7'],
  })
  assert.deepEqual(hosts, [...service, 'fd00::1', '192.0.2.1', '10.0.0.7'])
})
