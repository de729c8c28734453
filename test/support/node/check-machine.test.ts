import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explainMissing } from './check-machine.ts'

test('names everything that is missing and the one command that installs it', () => {
  const { message } = explainMissing({ programs: ['containerd', 'ctr', 'ip'], plugins: 'missing' })
  assert.match(message, /containerd, ctr, ip, the network plugins bridge, host-local, loopback, portmap/)
  assert.match(message, /apt-get install --yes containerd containernetworking-plugins iproute2$/)
})
