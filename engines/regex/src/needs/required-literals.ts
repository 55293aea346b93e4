import { setSize, type CharSet } from '../charset/char-set.ts'
import { clauseCost, simplifyClause } from './clause.ts'

import type { RegexNode, RepeatNode } from '../syntax/node.ts'

/**
 * What every match must contain: for each clause, at least one of its literals, ignoring ASCII case.
 * Literals are in ASCII lower case; the most telling clause comes first. Empty when nothing is known.
 */
export type LiteralClauses = readonly (readonly string[])[]

/** Largest set of characters that is written out as single literals. */
const maxSetChoices = 8
/** Most literals that joining two parts may make. */
const maxJoined = 48
/** Most literals of one clause. */
const maxClauseSize = 6_000
/** Most clauses of one pattern. */
const maxClauses = 4
/** A clause that ordinary text fulfils at more than this share of positions tells nothing. */
const maxClauseCost = 0.15
/** Longest literal kept whole; more would tell nothing more. */
const maxLiteralLength = 48

/** Texts of a node: all of them (`exact`, folded), or else clauses that hold for each. */
interface Knowledge {
  readonly exact: readonly string[] | undefined
  readonly clauses: LiteralClauses
}

const nothing: Knowledge = { exact: undefined, clauses: [] }

/** Extracts the literals that a pattern cannot match without (after RE2's prefilter, and Cox 2012 on code search). */
export function requiredLiterals(node: RegexNode): LiteralClauses {
  return clausesOf(know(node))
}

function know(node: RegexNode): Knowledge {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return { exact: [''], clauses: [] }
    case 'set':
      return knowSet(node.set)
    case 'capture':
    case 'atomic':
      return know(node.node)
    case 'concat':
      return knowSequence(node.nodes.map(know))
    case 'alternate':
      return knowBranches(node.nodes.map(know))
    case 'repeat':
      return knowRepeat(node, know(node.node))
  }
}

/** Knowledge of sets by set: patterns share the sets of their bytes. */
const knownSets = new WeakMap<CharSet, Knowledge>()

function knowSet(set: CharSet): Knowledge {
  const known = knownSets.get(set)
  if (known !== undefined) return known
  const found = knowNewSet(set)
  knownSets.set(set, found)
  return found
}

function knowNewSet(set: CharSet): Knowledge {
  if (setSize(set) > maxSetChoices * 2) return nothing
  const texts = new Set<string>()
  for (let i = 0; i < set.length; i += 2) {
    for (let code = set[i] ?? 0; code <= (set[i + 1] ?? 0); code++)
      texts.add(foldText(String.fromCodePoint(code)))
  }
  return texts.size > maxSetChoices ? nothing : { exact: [...texts], clauses: [] }
}

/** One character in ASCII lower case. */
function foldText(text: string): string {
  return text >= 'A' && text <= 'Z' ? text.toLowerCase() : text
}

/** Joins neighbours while the joined texts stay few; each run that cannot grow becomes a clause. */
function knowSequence(parts: readonly Knowledge[]): Knowledge {
  const clauses: (readonly string[])[] = []
  let run: readonly string[] | undefined = ['']
  let whole = true
  for (const part of parts) {
    const joined: readonly string[] | undefined = joinTexts(run, part.exact)
    if (joined !== undefined) {
      run = joined
      continue
    }
    whole = false
    if (run !== undefined) clauses.push(run)
    clauses.push(...part.clauses)
    run = part.exact
  }
  if (whole) return { exact: run, clauses: [] }
  if (run !== undefined) clauses.push(run)
  return { exact: undefined, clauses: best(clauses) }
}

function joinTexts(
  heads: readonly string[] | undefined,
  tails: readonly string[] | undefined,
): readonly string[] | undefined {
  if (heads === undefined || tails === undefined) return undefined
  if (heads.length * tails.length > Math.max(maxJoined, heads.length, tails.length)) return undefined
  if (heads.some((head) => head.length >= maxLiteralLength)) return undefined
  const [head] = heads
  if (heads.length === 1 && head !== undefined) return tails.map((tail) => head + tail)
  return [...new Set(heads.flatMap((one) => tails.map((tail) => one + tail)))]
}

function knowBranches(branches: readonly Knowledge[]): Knowledge {
  if (branches.every((branch) => branch.exact !== undefined)) {
    const exact = new Set(branches.flatMap((branch) => branch.exact ?? []))
    if (exact.size <= maxClauseSize) return { exact: [...exact], clauses: [] }
  }
  const choices = branches.map(clausesOf)
  const most = choices.reduce((max, clauses) => Math.max(max, clauses.length), 0)
  if (choices.some((clauses) => clauses.length === 0)) return nothing
  const clauses: (readonly string[])[] = []
  for (let n = 0; n < Math.min(most, maxClauses); n++) {
    // Any clause of a branch holds in that branch, so any choice of one per branch holds in all.
    clauses.push(choices.flatMap((own) => own[Math.min(n, own.length - 1)] ?? []))
  }
  return { exact: undefined, clauses: best(clauses) }
}

function knowRepeat(node: RepeatNode, inner: Knowledge): Knowledge {
  if (node.min === 0) {
    return node.max === 1 && inner.exact !== undefined
      ? { exact: [...new Set([...inner.exact, ''])], clauses: [] }
      : nothing
  }
  let texts = inner.exact
  let copies = 1
  while (copies < node.min) {
    const longer = joinTexts(texts, inner.exact)
    if (longer === undefined) break
    texts = longer
    copies += 1
  }
  if (copies === node.min && node.max === node.min && texts !== undefined)
    return { exact: texts, clauses: [] }
  return { exact: undefined, clauses: texts === undefined ? inner.clauses : best([texts]) }
}

function clausesOf(knowledge: Knowledge): LiteralClauses {
  return knowledge.exact === undefined ? knowledge.clauses : best([knowledge.exact])
}

/** The clauses that tell something, without repetition, the rarest in ordinary text first. */
function best(clauses: LiteralClauses): LiteralClauses {
  const simple: (readonly string[])[] = []
  for (const clause of clauses) {
    if (clause.length === 0 || clause.includes('')) continue
    const one = simplifyClause(clause)
    if (one.length > maxClauseSize || clauseCost(one) > maxClauseCost) continue
    if (!simple.some((other) => sameTexts(other, one))) simple.push(one)
  }
  if (simple.length > 1) simple.sort((a, b) => clauseCost(a) - clauseCost(b))
  return simple.length > maxClauses ? simple.slice(0, maxClauses) : simple
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((text, i) => text === b[i]))
}
