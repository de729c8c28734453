import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readLoaderList } from './shared-libraries.ts'
import { readSourceDate } from './source-date.ts'

test('the list of the loader gives the paths of libraries and of the loader, not what the kernel maps', () => {
  const list = [
    '\tlinux-vdso.so.1 (0x00007ffd1)',
    '\tlibstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007f0)',
    '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f1)',
    '\t/lib64/ld-linux-x86-64.so.2 (0x00007f2)',
  ].join('\n')
  assert.deepEqual(readLoaderList(list), [
    '/lib/x86_64-linux-gnu/libc.so.6',
    '/lib/x86_64-linux-gnu/libstdc++.so.6',
    '/lib64/ld-linux-x86-64.so.2',
  ])
})

test('a library that the machine lacks is named', () => {
  assert.throws(() => readLoaderList('\tlibatomic.so.1 => not found\n'), /lacks libraries .*libatomic\.so\.1/)
})

test('the time of a build is the epoch, or what SOURCE_DATE_EPOCH says', () => {
  assert.equal(readSourceDate('0').getTime(), 0)
  assert.equal(readSourceDate('1767323045').toISOString(), '2026-01-02T03:04:05.000Z')
  for (const text of ['', 'now', '-1', '1.5', '253402300800']) {
    assert.throws(() => readSourceDate(text), /SOURCE_DATE_EPOCH/, text)
  }
})
