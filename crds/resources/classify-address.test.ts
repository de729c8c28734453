import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type AddressKind, classifyAddress } from './classify-address.ts'

/** One address in every spelling that some resolver or URL parser takes. */
const spellings: Readonly<Partial<Record<AddressKind, readonly string[]>>> = {
  metadata: [
    '169.254.169.254',
    '169.254.169.254.',
    ' 169.254.169.254 ',
    '2852039166',
    '0xa9fea9fe',
    '0XA9FEA9FE',
    '025177524776',
    '0251.0376.0251.0376',
    '0251.254.169.254',
    '0xa9.0xfe.0xa9.0xfe',
    '0xa9.254.0251.254',
    '169.254.43518',
    '169.16689662',
    '0xa9.0xfea9fe',
    '00000251.0376.0251.0376',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '[::ffff:169.254.169.254]',
    '[::FFFF:A9FE:A9FE]',
    '0:0:0:0:0:ffff:169.254.169.254',
    '0000:0000:0000:0000:0000:ffff:a9fe:a9fe',
    '::ffff:0:169.254.169.254',
    '::169.254.169.254',
    '64:ff9b::169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::a9fe:a9fe',
    '2002:a9fe:a9fe::',
    '2002:a9fe:a9fe::1',
    'fd00:ec2::254',
    '[fd00:ec2::254]',
    'fd00:0ec2:0:0:0:0:0:254',
    'FD00:EC2::0254',
    'fd20:ce::254',
    '168.63.129.16',
    '0xa83f8110',
    '100.100.100.200',
    '1684301000',
    '192.0.0.192',
    '0169.254.169.254',
  ],
  linkLocal: [
    '169.254.0.1',
    '169.254.170.2',
    '169.254.170.23',
    '0xa9fe0001',
    '169.254.1',
    'fe80::1',
    'fe80::1%eth0',
    '[fe80::1%25eth0]',
    'febf:ffff::1',
    '::ffff:169.254.1.1',
  ],
  unspecified: [
    '0.0.0.0',
    '0',
    '0x0',
    '00',
    '0.0',
    '0.1.2.3',
    '::',
    '[::]',
    '0:0:0:0:0:0:0:0',
    '::ffff:0.0.0.0',
  ],
  loopback: [
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '127.255.255.254',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '017700000001',
    '0177.1',
    '::1',
    '[::1]',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '127.0.0.1.',
  ],
  multicast: ['224.0.0.1', '239.255.255.250', 'ff02::1', '[ff0e::1]', '::ffff:224.0.0.1'],
  reserved: ['240.0.0.1', '255.255.255.255', '4294967295', '0xffffffff'],
  private: [
    '10.0.0.1',
    '10.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    'fc00::1',
    'fd12:3456::1',
    'fec0::1',
    '::ffff:10.0.0.1',
  ],
  public: [
    '8.8.8.8',
    '172.32.0.1',
    '172.15.0.1',
    '100.128.0.1',
    '169.253.0.1',
    '2606:4700::1111',
    '2002:808:808::1',
  ],
  notAnAddress: [
    '',
    '.',
    'localhost',
    'api.openai.com',
    '1.2.3.4.5',
    '256.1.1.1',
    '1.256.1.1',
    '1.2.3.256',
    '4294967296',
    '1..2',
    '-1.2.3.4',
    '0xg',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    'fe80::12345',
    '::ffff:256.1.1.1',
    '1.2.3.4::',
    'a9fea9fe',
  ],
}

for (const [kind, texts] of Object.entries(spellings)) {
  for (const text of texts) {
    test(`${JSON.stringify(text)} is ${kind}`, () => assert.equal(classifyAddress(text), kind))
  }
}

test('every IPv4 address has the same kind in all its spellings', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), value => {
      const dotted = [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256)
      const kind = classifyAddress(dotted.join('.'))
      const octal = dotted.map(part => `0${part.toString(8)}`).join('.')
      for (const text of [String(value), `0x${value.toString(16)}`, octal, `::ffff:${dotted.join('.')}`]) {
        assert.equal(classifyAddress(text), kind)
      }
    }),
  )
})

test('any text is classified without an error', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'0123456789abcdefx.:[]% ') }),
      text => void classifyAddress(text),
    ),
  )
})
