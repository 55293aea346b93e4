import { LiteralsError, compileLiterals } from '@sevenfold/literals'
import type { SigmaRule } from '../rule/sigma-rule.ts'
import { compileNode } from './compile-node.ts'
import type { Predicate, Slots } from './compile-node.ts'
import { EventView } from './event-view.ts'
import type { SigmaEvent } from './event-view.ts'
import { requiredLiterals } from './required-literals.ts'

/** The rules for one log source, compiled together. */
export interface Plan {
  /** Rules that match, in the order in which they were loaded. */
  match(event: SigmaEvent): readonly SigmaRule[]
  /** Rules that must always be looked at, because nothing is known about what they need. */
  readonly always: number
}

interface Prefilter {
  /** Sets the bit of each rule that could match. */
  mark(text: string, candidates: Uint32Array): void
}

function createSlots(): Slots & { readonly fields: string[] } {
  const fields: string[] = []
  const numbers = new Map<string, number>()
  return {
    fields,
    of: (field) => {
      const known = numbers.get(field)
      if (known !== undefined) return known
      numbers.set(field, fields.length)
      fields.push(field)
      return fields.length - 1
    },
  }
}

function createPrefilter(needs: ReadonlyMap<number, readonly string[]>): Prefilter {
  const rulesByLiteral = new Map<string, number[]>()
  for (const [rule, literals] of needs) {
    for (const literal of literals) {
      const rules = rulesByLiteral.get(literal) ?? []
      rules.push(rule)
      rulesByLiteral.set(literal, rules)
    }
  }
  const scanner = compileLiterals([...rulesByLiteral.keys()], { mode: 'string' })
  const rulesOf = [...rulesByLiteral.values()].map((rules) => Uint32Array.from(rules))
  const hits = new Uint32Array(Math.ceil(scanner.count / 32))
  return {
    mark: (text, candidates) => {
      hits.fill(0)
      scanner.scan(text, hits)
      for (let at = 0; at < hits.length; at += 1) {
        for (let word = hits[at] ?? 0; word !== 0; word &= word - 1) {
          for (const rule of rulesOf[at * 32 + (31 - Math.clz32(word & -word))] ?? []) {
            candidates[rule >> 5] = (candidates[rule >> 5] ?? 0) | (1 << (rule & 31))
          }
        }
      }
    },
  }
}

/** With fewer rules than this a prefilter costs more memory than it saves time. */
const fewestForPrefilter = 16

/** A prefilter, or none where the literals of very many rules would need more memory than the scanner allows. */
function tryPrefilter(needs: ReadonlyMap<number, readonly string[]>): Prefilter | undefined {
  try {
    return createPrefilter(needs)
  } catch (error) {
    if (error instanceof LiteralsError) return undefined
    throw error
  }
}

/** Compiles rules for one log source. @throws SigmaError for a pattern that cannot be compiled. */
export function createPlan(rules: readonly SigmaRule[], options: { readonly prefilter: boolean }): Plan {
  const slots = createSlots()
  const predicates: readonly Predicate[] = rules.map((rule) => compileNode(rule.detection, slots))
  const view = new EventView(slots.fields)
  const wantsPrefilter = options.prefilter && rules.length >= fewestForPrefilter
  const needs = new Map<number, readonly string[]>()
  for (const [number, rule] of rules.entries()) {
    const literals = wantsPrefilter ? requiredLiterals(rule.detection) : undefined
    if (literals !== undefined) needs.set(number, literals)
  }
  const prefilter = needs.size > 0 ? tryPrefilter(needs) : undefined
  const always = new Uint32Array(Math.ceil(rules.length / 32))
  for (const number of rules.keys()) {
    if (prefilter === undefined || !needs.has(number))
      always[number >> 5] = (always[number >> 5] ?? 0) | (1 << (number & 31))
  }
  const candidates = new Uint32Array(always.length)
  return {
    always: prefilter === undefined ? rules.length : rules.length - needs.size,
    match: (event) => {
      view.reset(event)
      const text = prefilter === undefined ? '' : view.joined()
      if (text === undefined) candidates.fill(0xffff_ffff)
      else {
        candidates.set(always)
        prefilter?.mark(text, candidates)
      }
      const found: SigmaRule[] = []
      for (let at = 0; at < candidates.length; at += 1) {
        for (let word = candidates[at] ?? 0; word !== 0; word &= word - 1) {
          const number = at * 32 + (31 - Math.clz32(word & -word))
          const rule = rules[number]
          if (rule !== undefined && predicates[number]?.(view) === true) found.push(rule)
        }
      }
      return found
    },
  }
}
