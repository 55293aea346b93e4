import { setHas, type CharSet } from '../charset/char-set.ts'
import { characterChance } from './clause.ts'

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
  const need = needOf(node)
  return need === undefined || need.chance > maxChance ? undefined : need.members
}

function needOf(node: RegexNode): ByteNeed | undefined {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return undefined
    case 'set':
      return needOfSet(node.set)
    case 'capture':
    case 'atomic':
      return needOf(node.node)
    case 'concat':
      return node.nodes.map(needOf).reduce(rarer, undefined)
    case 'alternate': {
      const needs = node.nodes.map(needOf)
      const [first, ...rest] = needs
      return rest.reduce(either, first)
    }
    case 'repeat':
      return node.min > 0 ? needOf(node.node) : undefined
  }
}

function needOfSet(set: CharSet): ByteNeed | undefined {
  if ((set.at(-1) ?? 0) > 0xff) return undefined
  const members = new Uint8Array(256)
  for (let code = 0; code < 256; code++) if (setHas(set, code)) members[code] = 1
  return withChance(members)
}

function withChance(members: Uint8Array): ByteNeed {
  let chance = 0
  for (let code = 0x20; code < 0x7f; code++)
    if (members[code] === 1) chance += characterChance(String.fromCharCode(code))
  return { members, chance }
}

function rarer(a: ByteNeed | undefined, b: ByteNeed | undefined): ByteNeed | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return b.chance < a.chance ? b : a
}

function either(a: ByteNeed | undefined, b: ByteNeed | undefined): ByteNeed | undefined {
  if (a === undefined || b === undefined) return undefined
  return withChance(a.members.map((member, code) => member | (b.members[code] ?? 0)))
}
