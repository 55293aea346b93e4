import { isNullable } from '../syntax/first-of.ts'
import { takeOutBars } from './bar-sets.ts'
import {
  assertionCodes,
  opAssert,
  opBar,
  opCapture,
  opMatch,
  opSet,
  opSplit,
  type Program,
} from './program.ts'

import type { CharSet } from '../charset/char-set.ts'
import type { RegexNode, RepeatNode } from '../syntax/node.ts'

interface Assembly {
  readonly op: number[]
  readonly out: number[]
  readonly arg: number[]
  readonly sets: CharSet[]
  readonly setNumbers: Map<string, number>
  /** Sets seen before, by identity: literals share theirs. */
  readonly sharedSets: Map<CharSet, number>
  assertions: number
}

/** Turns a resolved pattern into a {@link Program}; `programSize` tells before how large it will be. */
export function assemble(node: RegexNode, groupCount: number): Program {
  const assembly: Assembly = {
    op: [],
    out: [],
    arg: [],
    sets: [],
    setNumbers: new Map(),
    sharedSets: new Map(),
    assertions: 0,
  }
  const start = emit(assembly, node, add(assembly, opMatch, 0, 0))
  return takeOutBars({
    length: assembly.op.length,
    start,
    op: Uint8Array.from(assembly.op),
    out: Int32Array.from(assembly.out),
    arg: Int32Array.from(assembly.arg),
    sets: assembly.sets,
    assertions: assembly.assertions,
    slots: groupCount * 2,
  })
}

/** Emits code for `node` that goes on at `next`; gives the entry. Written back to front, so nothing needs patching. */
function emit(assembly: Assembly, node: RegexNode, next: number): number {
  switch (node.kind) {
    case 'empty':
      return next
    case 'set':
      return add(assembly, opSet, next, setNumber(assembly, node.set))
    case 'assert': {
      const code = assertionCodes[node.assertion]
      assembly.assertions |= 1 << code
      return add(assembly, opAssert, next, code)
    }
    case 'capture': {
      const inner = emit(assembly, node.node, add(assembly, opCapture, next, node.index * 2 + 1))
      return add(assembly, opCapture, inner, node.index * 2)
    }
    case 'concat':
      return node.nodes.reduceRight((after, part) => emit(assembly, part, after), next)
    case 'alternate':
      return emitBranches(assembly, node.nodes, next)
    case 'repeat':
      return emitRepeat(assembly, node, next)
    case 'atomic': {
      // What resolveAtomic left: the longest run, and then nothing that could have been part of it.
      const bar = node.barred
      return emit(
        assembly,
        node.node,
        bar === undefined ? next : add(assembly, opBar, next, setNumber(assembly, bar)),
      )
    }
  }
}

/** A balanced tree of splits keeps the order of the branches and makes each reachable in logarithmic steps. */
function emitBranches(assembly: Assembly, nodes: readonly RegexNode[], next: number): number {
  const [only] = nodes
  if (nodes.length === 1 && only !== undefined) return emit(assembly, only, next)
  const middle = nodes.length >> 1
  const left = emitBranches(assembly, nodes.slice(0, middle), next)
  const right = emitBranches(assembly, nodes.slice(middle), next)
  return add(assembly, opSplit, left, right)
}

function emitRepeat(assembly: Assembly, repeat: RepeatNode, next: number): number {
  let entry = next
  if (repeat.max === Infinity) {
    entry = emitLoop(assembly, repeat, next)
  } else {
    for (let i = repeat.min; i < repeat.max; i++)
      entry = emitChoice(assembly, repeat, emit(assembly, repeat.node, entry), next)
  }
  const copies = repeat.max === Infinity ? repeat.min - 1 : repeat.min
  for (let i = 0; i < copies; i++) entry = emit(assembly, repeat.node, entry)
  return entry
}

/** The unbounded tail of a repeat: `x*` for minimum 0, else `x+`. */
function emitLoop(assembly: Assembly, repeat: RepeatNode, next: number): number {
  const loop = add(assembly, opSplit, 0, 0)
  const body = emit(assembly, repeat.node, loop)
  assembly.out[loop] = repeat.greedy ? body : next
  assembly.arg[loop] = repeat.greedy ? next : body
  if (repeat.min > 0) return body
  // An empty pass through the body must leave the loop, not die in it: x* becomes (x+)?, which is what Perl, PCRE and Go do.
  return isNullable(repeat.node) ? emitChoice(assembly, repeat, body, next) : loop
}

function emitChoice(assembly: Assembly, repeat: RepeatNode, body: number, next: number): number {
  return repeat.greedy ? add(assembly, opSplit, body, next) : add(assembly, opSplit, next, body)
}

function setNumber(assembly: Assembly, set: CharSet): number {
  const same = assembly.sharedSets.get(set)
  if (same !== undefined) return same
  const key = set.join()
  let number = assembly.setNumbers.get(key)
  if (number === undefined) {
    number = assembly.sets.push(set) - 1
    assembly.setNumbers.set(key, number)
  }
  assembly.sharedSets.set(set, number)
  return number
}

function add(assembly: Assembly, op: number, out: number, arg: number): number {
  assembly.op.push(op)
  assembly.out.push(out)
  assembly.arg.push(arg)
  return assembly.op.length - 1
}
