// Without a node: whether the list of commands that nobody types is about these pages.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readPage } from '../../architecture/read-pages.ts'
import { listCommands } from '../pages/read-steps.ts'
import { followedPages, notTyped } from './docs-scenes.ts'

test('every command that nobody types is on a page', () => {
  const commands = followedPages.flatMap(path => listCommands(readPage(path)))
  assert.deepEqual(
    Object.keys(notTyped).filter(command => !commands.includes(command)),
    [],
  )
})
