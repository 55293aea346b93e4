import { type CharSet } from '../charset/char-set.ts'
import { codeChance } from './clause.ts'

import type { RegexNode } from '../syntax/node.ts'

/** A class fulfilled by more than this share of positions in ordinary text tells nothing. */
const maxChance = 0.4

interface ByteNeed {
  readonly members: Uint8Array
  readonly chance: number
}

/**
 * The most telling set of code units below 256 of which every match has at least one: a table of 256 entries, 1 =
 * member. Undefined when nothing telling is known, and for sets with members from 256 on.
 */
export function requiredBytes(node: RegexNode): Uint8Array | undefined {
  const need = needOf(node, new Map())
  return need === undefined || need.chance > maxChance ? undefined : need.members
}

/** Needs of sets by set: patterns share the sets of their literals. */
type Known = Map<CharSet, ByteNeed | undefined>

function needOf(node: RegexNode, known: Known): ByteNeed | undefined {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return undefined
    case 'set':
      return needOfSet(node.set, known)
    case 'capture':
    case 'atomic':
      return needOf(node.node, known)
    case 'concat':
      return node.nodes.reduce<ByteNeed | undefined>(
        (need, part) => rarer(need, needOf(part, known)),
        undefined,
      )
    case 'alternate': {
      const needs = node.nodes.map((branch) => needOf(branch, known))
      const [first, ...rest] = needs
      return rest.reduce(either, first)
    }
    case 'repeat':
      return node.min > 0 ? needOf(node.node, known) : undefined
  }
}

function needOfSet(set: CharSet, known: Known): ByteNeed | undefined {
  if ((set.at(-1) ?? 0) > 0xff) return undefined
  const found = known.get(set)
  if (found !== undefined) return found
  const members = new Uint8Array(256)
  for (let i = 0; i < set.length; i += 2) members.fill(1, set[i] ?? 0, (set[i + 1] ?? 0) + 1)
  const need = withChance(members)
  known.set(set, need)
  return need
}

function withChance(members: Uint8Array): ByteNeed {
  let chance = 0
  for (let code = 0x20; code < 0x7f; code++) if (members[code] === 1) chance += codeChance(code)
  return { members, chance }
}

function rarer(a: ByteNeed | undefined, b: ByteNeed | undefined): ByteNeed | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return b.chance < a.chance ? b : a
}

function either(a: ByteNeed | undefined, b: ByteNeed | undefined): ByteNeed | undefined {
  if (a === undefined || b === undefined) return undefined
  if (a === b) return a
  const members = a.members.slice()
  for (let code = 0; code < 256; code++) if (b.members[code] === 1) members[code] = 1
  return withChance(members)
}
