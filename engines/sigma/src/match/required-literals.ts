import type { DetectionNode, Leaf } from '../detection/detection-node.ts'
import { compileRulePattern } from './compile-node.ts'
import { fold } from './fold.ts'

/** Shorter literals are in nearly every event and select nothing. */
const shortestLiteral = 3
/** A longer literal selects no better: any piece of it is needed as well. */
const longestLiteral = 64
/** A longer list costs more to look for than it saves. */
const mostLiterals = 400

/** Folded literals of which at least one is in every event that matches; undefined when nothing is known. */
export type RequiredLiterals = readonly string[] | undefined

function longest(texts: readonly string[]): RequiredLiterals {
  let best = ''
  for (const text of texts) if (text.length > best.length) best = text
  const folded = fold(best).slice(0, longestLiteral)
  return folded.length >= shortestLiteral ? [folded] : undefined
}

function ofClauses(clauses: readonly (readonly string[])[]): RequiredLiterals {
  const usable = clauses
    .map((clause) => clause.map(fold))
    .filter((clause) => clause.length > 0 && clause.every((text) => text.length >= shortestLiteral))
  return usable.reduce<RequiredLiterals>((best, clause) => better(best, clause), undefined)
}

function ofLeaf(leaf: Leaf): RequiredLiterals {
  switch (leaf.kind) {
    case 'text':
    case 'keyword':
      return longest(leaf.pattern.flatMap((piece) => (typeof piece === 'string' ? [piece] : [])))
    case 'regex':
    case 'keyword-regex': {
      // The clauses of the regex engine ignore ASCII case only; a fold that changes the length could lose a match.
      const clauses = compileRulePattern(leaf.source, leaf.flags, leaf.path).requiredLiterals
      return ofClauses(clauses.filter((clause) => clause.every((text) => /^[\u0020-\u007e]+$/.test(text))))
    }
    case 'null':
    case 'exists':
    case 'cidr':
    case 'compare':
    case 'time':
    case 'fieldref':
      return undefined
  }
}

function shortestOf(literals: readonly string[]): number {
  return Math.min(...literals.map((literal) => literal.length))
}

/** The clause that selects fewer events: longer literals first, then fewer of them. */
function better(a: RequiredLiterals, b: RequiredLiterals): RequiredLiterals {
  if (a === undefined || b === undefined) return a ?? b
  const weight = (literals: readonly string[]): number =>
    Math.min(shortestOf(literals), 8) - literals.length / 40
  return weight(b) > weight(a) ? b : a
}

function ofOr(nodes: readonly DetectionNode[]): RequiredLiterals {
  const union = new Set<string>()
  for (const node of nodes) {
    const literals = requiredLiterals(node)
    if (literals === undefined) return undefined
    for (const literal of literals) union.add(literal)
  }
  return union.size <= mostLiterals ? [...union] : undefined
}

/** What an event must contain for a detection to match, as one list of alternatives. */
export function requiredLiterals(node: DetectionNode): RequiredLiterals {
  switch (node.kind) {
    case 'leaf':
      return ofLeaf(node.leaf)
    case 'not':
      return undefined
    case 'and':
      return node.of.map(requiredLiterals).reduce(better, undefined)
    case 'or':
      return ofOr(node.of)
  }
}
