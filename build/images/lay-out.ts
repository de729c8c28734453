// `node build/images/lay-out.ts /layout`: the files of the images in three folders, from which the Dockerfile copies.
import { join, resolve } from 'node:path'
import { assembleImages } from './assemble-images.ts'
import { layOutFiles } from './run-in-root.ts'
import { readSourceDate } from './source-date.ts'

const [target] = process.argv.slice(2)
if (target === undefined) throw new Error('lay-out.ts needs the folder to write to')
const folder = resolve(target)
const createdAt = readSourceDate()
const { runtime, programs, dispose } = await assembleImages(createdAt)
try {
  await layOutFiles(runtime, join(folder, 'runtime'), createdAt)
  for (const { program, files } of programs) await layOutFiles(files, join(folder, program), createdAt)
} finally {
  await dispose()
}
