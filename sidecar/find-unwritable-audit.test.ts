import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findUnwritableAudit } from './find-unwritable-audit.ts'

test('a pipe that nobody reads yet neither holds the start up nor ends it', t => {
  const folder = mkdtempSync(join(tmpdir(), 'audit-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'pipe')
  assert.equal(spawnSync('mkfifo', [path]).status, 0)
  assert.equal(findUnwritableAudit({ kind: 'file', path }), undefined)
})

test('a file is made where it may be, and a folder is none', t => {
  const folder = mkdtempSync(join(tmpdir(), 'audit-'))
  t.after(() => rmSync(folder, { recursive: true }))
  assert.equal(findUnwritableAudit({ kind: 'file', path: join(folder, 'audit.jsonl') }), undefined)
  assert.match(
    findUnwritableAudit({ kind: 'file', path: folder }) ?? '',
    /^LLM_FALLBACK_AUDIT: .*\(EISDIR\)$/,
  )
  assert.equal(findUnwritableAudit({ kind: 'off' }), undefined)
})
