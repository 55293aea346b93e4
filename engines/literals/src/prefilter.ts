import { buildAutomaton, type Automaton, type AutomatonOptions } from './automaton.ts'
import { classFlagTable } from './class-flags.ts'
import { planNeeds, type NeedsPlan, type PatternNeeds } from './needs-plan.ts'

import type { ScanRange } from './literal-scanner.ts'

/** Says which of many patterns can match an input at all. */
export interface Prefilter {
  /** Number of patterns. */
  readonly count: number
  /** Entries of a sink: one bit per pattern. */
  readonly words: number
  /** Patterns of which nothing is known: candidates of every input that is long enough. */
  readonly unfiltered: number
  readonly stateCount: number
  /** Bytes of its tables. */
  readonly tableBytes: number
  /** Overwrites `sink` with one bit per pattern: 0 means that the pattern cannot match inside the range. */
  candidates(input: string, sink: Uint32Array, range?: ScanRange): void
}

/**
 * Builds a prefilter from what the matches of each pattern must contain (see `requiredLiterals`, `requiredBytes` and
 * `minLength` of the regex engine). Literals are looked for ignoring ASCII case. It never loses a match.
 */
export function buildPrefilter(
  needs: readonly PatternNeeds[],
  options: Omit<AutomatonOptions, 'ignoreCase'> = {},
): Prefilter {
  const plan = planNeeds(needs)
  const automaton = buildAutomaton(plan.literals, { ...options, ignoreCase: true })
  const { classes, classMask, table } = automaton
  const classFlags = classFlagTable(plan.byteClasses)
  const clauses = clausesByState(automaton, plan)
  const collector = newCollector(plan, clauses, automaton.stateCount)

  // Hot: bench/regex measures it.
  function candidates(input: string, sink: Uint32Array, range: ScanRange = {}): void {
    const to = Math.min(range.to ?? input.length, input.length)
    const from = Math.max(0, range.from ?? 0)
    collector.begin(sink, to - from)
    let flags = 0
    let row = 0
    for (let at = from; at < to; at++) {
      const unit = input.charCodeAt(at)
      if (unit < 256) flags |= classFlags[unit] ?? 0
      row = table[row + (classes[unit & classMask] ?? 0)] ?? 0
      if (row < 0) {
        row = ~row
        collector.hit(row / automaton.stride)
      }
    }
    collector.finish(flags)
  }

  return {
    count: needs.length,
    words: plan.words,
    unfiltered: plan.unfiltered,
    stateCount: automaton.stateCount,
    tableBytes:
      table.byteLength + classes.byteLength + clauses.numbers.byteLength + clauses.starts.byteLength,
    candidates,
  }
}

interface ClausesByState {
  readonly starts: Int32Array
  readonly numbers: Int32Array
}

/** The clauses that a state fulfils: those of all its literals, each once. */
function clausesByState(automaton: Automaton, plan: NeedsPlan): ClausesByState {
  const starts = new Int32Array(automaton.stateCount + 1)
  const numbers: number[] = []
  for (let state = 0; state < automaton.stateCount; state++) {
    const found = new Set<number>()
    for (let i = automaton.hitStarts[state] ?? 0; i < (automaton.hitStarts[state + 1] ?? 0); i++) {
      for (const clause of plan.clausesOfLiteral[automaton.hits[i] ?? 0] ?? []) found.add(clause)
    }
    for (const clause of found) numbers.push(clause)
    starts[state + 1] = numbers.length
  }
  return { starts, numbers: Int32Array.from(numbers) }
}

interface Collector {
  begin(sink: Uint32Array, length: number): void
  hit(state: number): void
  finish(flags: number): void
}

/** Counts fulfilled clauses per pattern. Nothing is cleared between scans: entries of older scans have older stamps. */
function newCollector(plan: NeedsPlan, clauses: ClausesByState, stateCount: number): Collector {
  const stateStamps = new Uint32Array(stateCount)
  const patternStamps = new Uint32Array(plan.count)
  const seen = new Uint32Array(plan.count)
  let stamp = 0
  let sink: Uint32Array = new Uint32Array(plan.words)
  let length = 0

  function fulfil(clause: number): void {
    const pattern = plan.patternOfClause[clause] ?? 0
    if (patternStamps[pattern] !== stamp) {
      patternStamps[pattern] = stamp
      seen[pattern] = 0
    }
    const now = (seen[pattern] ?? 0) | (plan.bitOfClause[clause] ?? 0)
    seen[pattern] = now
    if (now === plan.clauseMask[pattern] && length >= (plan.minLength[pattern] ?? 0)) {
      sink[pattern >> 5] = (sink[pattern >> 5] ?? 0) | (1 << (pattern & 31))
    }
  }

  return {
    begin(target, size) {
      sink = target
      length = size
      sink.fill(0, 0, plan.words)
      if (stamp === 0xffffffff) {
        stateStamps.fill(0)
        patternStamps.fill(0)
        stamp = 0
      }
      stamp += 1
    },
    hit(state) {
      if (stateStamps[state] === stamp) return
      stateStamps[state] = stamp
      const end = clauses.starts[state + 1] ?? 0
      for (let i = clauses.starts[state] ?? 0; i < end; i++) fulfil(clauses.numbers[i] ?? 0)
    },
    finish(flags) {
      for (const pattern of plan.byFlags) {
        const mask = plan.flagMask[pattern] ?? 0
        const word = sink[pattern >> 5] ?? 0
        const bit = 1 << (pattern & 31)
        if ((flags & mask) !== mask) sink[pattern >> 5] = word & ~bit
        else if (plan.clauseMask[pattern] === 0 && length >= (plan.minLength[pattern] ?? 0))
          sink[pattern >> 5] = word | bit
      }
    },
  }
}
