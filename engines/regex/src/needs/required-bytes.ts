import { codeChance } from './clause.ts'

import type { CharSet } from '../charset/char-set.ts'
import type { RegexNode } from '../syntax/node.ts'

/** A class fulfilled by more than this share of positions in ordinary text tells nothing. */
const maxChance = 0.4

const words = 8

interface ByteNeed {
  /** One bit per code unit below 256. */
  readonly bits: Uint32Array
  readonly chance: number
}

/**
 * The most telling set of code units below 256 of which every match has at least one: a table of 256 entries, 1 =
 * member. Undefined when nothing telling is known, and for sets with members from 256 on.
 */
export function requiredBytes(node: RegexNode): Uint8Array | undefined {
  const need = needOf(node)
  if (need === undefined || need.chance > maxChance) return undefined
  return Uint8Array.from({ length: 256 }, (_, unit) => ((need.bits[unit >> 5] ?? 0) >>> (unit & 31)) & 1)
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
    case 'concat': {
      let rarest: ByteNeed | undefined
      for (const part of node.nodes) rarest = rarer(rarest, needOf(part))
      return rarest
    }
    case 'alternate':
      return needOfBranches(node.nodes)
    case 'repeat':
      return node.min > 0 ? needOf(node.node) : undefined
  }
}

/** Needs of sets by set: patterns share the sets of their bytes. */
const knownSets = new WeakMap<CharSet, ByteNeed>()

function needOfSet(set: CharSet): ByteNeed | undefined {
  if ((set.at(-1) ?? 0) > 0xff) return undefined
  const known = knownSets.get(set)
  if (known !== undefined) return known
  const bits = new Uint32Array(words)
  for (let i = 0; i < set.length; i += 2) {
    for (let unit = set[i] ?? 0; unit <= (set[i + 1] ?? 0); unit++)
      bits[unit >> 5] = (bits[unit >> 5] ?? 0) | (1 << (unit & 31))
  }
  const need = { bits, chance: chanceOf(bits) }
  knownSets.set(set, need)
  return need
}

/** One of the needs of all branches; unknown as soon as one branch needs nothing. */
function needOfBranches(branches: readonly RegexNode[]): ByteNeed | undefined {
  const bits = new Uint32Array(words)
  for (const branch of branches) {
    const need = needOf(branch)
    if (need === undefined) return undefined
    for (let word = 0; word < words; word++) bits[word] = (bits[word] ?? 0) | (need.bits[word] ?? 0)
  }
  return { bits, chance: chanceOf(bits) }
}

function chanceOf(bits: Uint32Array): number {
  let chance = 0
  for (let code = 0x20; code < 0x7f; code++)
    if ((((bits[code >> 5] ?? 0) >>> (code & 31)) & 1) === 1) chance += codeChance(code)
  return chance
}

function rarer(a: ByteNeed | undefined, b: ByteNeed | undefined): ByteNeed | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return b.chance < a.chance ? b : a
}
