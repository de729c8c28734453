// The repository must make sense on any machine: nothing in it may point at the one it was written on.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { repositoryRoot } from '../support/child-process.ts'

const skippedFolders = ['node_modules', 'dist', '.git', '.cache']
/** A path into somebody's home or work folder. */
const machinePath = /(?<![\w.~:/-])\/(?:home|Users|root|work)\/[\w.-]+/g

function listFiles(folder: string): readonly string[] {
  return readdirSync(join(repositoryRoot, folder), { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return skippedFolders.includes(entry.name) ? [] : listFiles(path)
    return entry.isFile() && !entry.name.endsWith('.log') ? [path] : []
  })
}

test('no file names a path of one machine', () => {
  const found = listFiles('.').flatMap(path => {
    const text = readFileSync(join(repositoryRoot, path), 'utf8')
    return [...text.matchAll(machinePath)].map(match => `${path}: ${match[0]}`)
  })
  assert.deepEqual(found, [])
})

test('the measure knows such a path', () => {
  const sample = ['see ', 'home', 'somebody', 'notes.md'].join('/')
  assert.equal([...sample.matchAll(machinePath)].length, 1)
})
