// The files that make Node run in an otherwise empty image: the binary, what it links, and who may run it.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CopiedFile, ImageFile, WrittenFile } from './image-file.ts'
import { listCopyrights, listLibraries } from './shared-libraries.ts'

const here = dirname(fileURLToPath(import.meta.url))

/** Where Node lies in every image. */
export const nodePath = '/usr/local/bin/node'

/** Who runs the programs of the images: nobody on any node. */
export const programUser = { uid: 65_532, gid: 65_532 } as const

/** Node of the development dependency `node`: what all tests run with, not whatever runs this file. */
export const nodeBinary = join(here, '../../node_modules/node/bin/node')

/**
 * Node, its libraries, their licences, and the files by which the C library knows users and finds names. No
 * certificates: Node carries Mozilla's.
 * @throws Error where Node is not installed, or the machine is not a Debian.
 */
export function listNodeRuntime(): readonly ImageFile[] {
  if (!existsSync(nodeBinary)) throw new Error(`${nodeBinary} is missing: run "npm ci" first`)
  const libraries = listLibraries(nodeBinary)
  return [
    { kind: 'copied', path: nodePath, source: nodeBinary, mode: 0o755 },
    // The npm package drops this file when it installs the binary.
    { kind: 'copied', path: '/usr/share/doc/node/LICENSE', source: join(here, 'node-license.txt') },
    ...libraries.map(({ path, source }): CopiedFile => ({ kind: 'copied', path, source, mode: 0o755 })),
    ...listCopyrights(libraries),
    ...accountFiles,
  ]
}

const { uid, gid } = programUser

const accountFiles: readonly WrittenFile[] = [
  {
    kind: 'written',
    path: '/etc/passwd',
    content: `root:x:0:0:root:/:/sbin/nologin\nnonroot:x:${uid}:${gid}:nonroot:/:/sbin/nologin\n`,
  },
  { kind: 'written', path: '/etc/group', content: `root:x:0:\nnonroot:x:${gid}:\n` },
  // Names in the hosts file that the kubelet writes count before those of the cluster's name server.
  { kind: 'written', path: '/etc/nsswitch.conf', content: 'hosts: files dns\n' },
]
