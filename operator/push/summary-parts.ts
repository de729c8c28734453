// Groups ⇄ the data of ConfigMaps, each well below the one MiB that such an object holds.

import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { SidecarState } from '../reconcile/ports.ts'
import { groupStates, readGroups, type SummaryGroup, ungroup } from './fleet-summary.ts'

const compress = promisify(gzip)
const expand = promisify(gunzip)

/** About this many pods go into one object: some 60 bytes each once compressed. */
export const podsPerPart = 4_000
/** Below this the text stays readable. */
const readableBytes = 16 * 1024
/** What a part may become: far more than a replica writes, and no more than a replica can hold. */
const longestTextBytes = 8 * 1024 * 1024

/** One key of the data, named after how it is written. */
export type PartContent =
  | { readonly kind: 'json'; readonly text: string }
  | { readonly kind: 'gzip'; readonly text: string }

/** One element for each object that is needed; none for an empty fleet. */
export async function encodeParts(states: Iterable<SidecarState>): Promise<readonly PartContent[]> {
  const parts: PartContent[] = []
  for (const groups of cutIntoParts(groupStates(states))) parts.push(await encode(groups))
  return parts
}

/** @throws when it is not what a replica writes. */
export async function decodePart(content: PartContent): Promise<readonly SidecarState[]> {
  const text =
    content.kind === 'json'
      ? content.text
      : await expand(Buffer.from(content.text, 'base64'), { maxOutputLength: longestTextBytes })
  return ungroup(readGroups(JSON.parse(text.toString())))
}

async function encode(groups: readonly SummaryGroup[]): Promise<PartContent> {
  const text = JSON.stringify(groups)
  if (text.length <= readableBytes) return { kind: 'json', text }
  return { kind: 'gzip', text: (await compress(text)).toString('base64') }
}

function cutIntoParts(groups: readonly SummaryGroup[]): readonly (readonly SummaryGroup[])[] {
  const parts: SummaryGroup[][] = []
  let room = 0
  for (const group of groups.flatMap(cutGroup)) {
    if (group.pods.length > room) {
      parts.push([])
      room = podsPerPart
    }
    parts.at(-1)?.push(group)
    room -= group.pods.length
  }
  return parts
}

/** A group that fills more than one part becomes several; the counts stay with the first, so that none counts twice. */
function cutGroup(group: SummaryGroup): readonly SummaryGroup[] {
  if (group.pods.length <= podsPerPart) return [group]
  const first = { ...group, pods: group.pods.slice(0, podsPerPart) }
  const targets = group.targets.map(target => ({ ...target, attempts: 0, failures: 0 }))
  return [first, ...cutGroup({ ...group, targets, pods: group.pods.slice(podsPerPart) })]
}
