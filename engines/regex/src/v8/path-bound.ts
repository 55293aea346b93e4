import { assertTextStart, opAssert, opMatch, opSet, opSplit, type Program } from '../program/program.ts'

import type { Alphabet } from '../program/alphabet.ts'

/** Most paths a backtracking matcher may have tried up to any one position of any input. */
const maxPaths = 24
/** Most work spent on one proof; a pattern that needs more counts as unproven. */
const maxProofSteps = 100_000

/** Deepest chain of choices without a character between them. */
const maxChoiceDepth = 1_000

/** How often each waiting instruction can be reached at one position, by distinct paths. */
type PathCounts = ReadonlyMap<number, number>

/**
 * Proves an upper bound for V8's backtracking matcher on a pattern: at most the returned number of distinct paths
 * arrive at any position of any input, over all starts of an unanchored search. The work of a search is then at most
 * that number times the input length. Undefined when there is no such proof within the limits; the pattern may still
 * be harmless.
 *
 * Backtracking without memory tries each path of the automaton once, so its work is the number of paths. The numbers
 * of paths per instruction after each input form a deterministic automaton, and all of its states are visited here.
 * That covers ambiguous loops (exponential and polynomial) and quadratic searches such as `a+b` alike. Conditions are
 * taken to hold, except the start of the text, and matches are taken to fail: both only raise the bound.
 *
 * Precondition: no repeat has a body that can be empty (v8Source refuses those).
 */
export function pathBound(program: Program, alphabet: Alphabet): number | undefined {
  const proof: Proof = { program, alphabet, steps: 0, depth: 0, reach: new Map() }
  const first = reachable(proof, program.start, true)
  const again = reachable(proof, program.start, false)
  const seen = new Set<string>()
  const queue: PathCounts[] = [first]
  let bound = 0
  for (let counts = queue.pop(); counts !== undefined; counts = queue.pop()) {
    bound = Math.max(bound, totalOf(counts))
    if (bound > maxPaths) return undefined
    for (let symbol = 0; symbol < alphabet.endClass; symbol++) {
      const next = step(proof, counts, symbol)
      for (const [pc, paths] of again) next.set(pc, (next.get(pc) ?? 0) + paths)
      proof.steps += counts.size + next.size
      if (totalOf(next) > maxPaths || proof.steps > maxProofSteps) return undefined
      const key = keyOf(next)
      if (seen.has(key)) continue
      seen.add(key)
      queue.push(next)
    }
  }
  return bound
}

interface Proof {
  readonly program: Program
  readonly alphabet: Alphabet
  readonly reach: Map<number, PathCounts>
  steps: number
  depth: number
}

function step(proof: Proof, counts: PathCounts, symbol: number): Map<number, number> {
  const { program, alphabet } = proof
  const next = new Map<number, number>()
  for (const [pc, paths] of counts) {
    if (program.op[pc] !== opSet || alphabet.members[(program.arg[pc] ?? 0) * alphabet.size + symbol] !== 1)
      continue
    for (const [target, ways] of reachable(proof, program.out[pc] ?? 0, false)) {
      next.set(target, Math.min(maxPaths + 1, (next.get(target) ?? 0) + paths * ways))
    }
  }
  return next
}

/** Waiting instructions reachable without consuming, with the number of ways. */
function reachable(proof: Proof, pc: number, atStart: boolean): PathCounts {
  const key = pc * 2 + (atStart ? 1 : 0)
  const known = proof.reach.get(key)
  if (known !== undefined) return known
  proof.depth += 1
  const hopeless = proof.depth > maxChoiceDepth || proof.steps > maxProofSteps
  const found: PathCounts = hopeless ? new Map([[pc, maxPaths + 1]]) : compute(proof, pc, atStart)
  proof.depth -= 1
  proof.reach.set(key, found)
  return found
}

function compute(proof: Proof, pc: number, atStart: boolean): PathCounts {
  const { op, out, arg } = proof.program
  const code = op[pc]
  proof.steps += 1
  if (code === opSet || code === opMatch) return new Map([[pc, 1]])
  if (code === opAssert && arg[pc] === assertTextStart && !atStart) return new Map()
  const main = reachable(proof, out[pc] ?? 0, atStart)
  // More instructions than paths are allowed: any count above the limit ends the proof.
  if (code !== opSplit || main.size > maxPaths) return main
  const sum = new Map(main)
  for (const [target, ways] of reachable(proof, arg[pc] ?? 0, atStart)) {
    sum.set(target, Math.min(maxPaths + 1, (sum.get(target) ?? 0) + ways))
  }
  proof.steps += sum.size
  return sum
}

function totalOf(counts: PathCounts): number {
  let total = 0
  for (const paths of counts.values()) total += paths
  return total
}

function keyOf(counts: PathCounts): string {
  return [...counts].sort((a, b) => a[0] - b[0]).join()
}
