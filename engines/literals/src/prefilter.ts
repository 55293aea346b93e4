import { buildAutomaton, type Automaton, type AutomatonOptions } from './automaton.ts'
import { classFlagTable } from './class-flags.ts'
import { planNeeds, type NeedsPlan, type PatternNeeds } from './needs-plan.ts'
import { patternMasks } from './pattern-masks.ts'

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
  const { classes, classMask, shift, table, firstHit } = automaton
  const classFlags = classFlagTable(plan.byteClasses)
  const masks = patternMasks(plan)
  const { starts, words, bits } = hitMasks(automaton, plan)
  const stamps = new Uint32Array(automaton.stateCount - firstHit)
  let stamp = 0

  /** Notes the patterns of a state that ends literals, once a scan. */
  function hit(ending: number, sink: Uint32Array): void {
    if (stamps[ending] === stamp) return
    stamps[ending] = stamp
    const end = starts[ending + 1] ?? 0
    for (let i = starts[ending] ?? 0; i < end; i++) {
      const word = words[i] ?? 0
      sink[word] = (sink[word] ?? 0) | (bits[i] ?? 0)
    }
  }

  function nextStamp(): void {
    stamp += 1
    if (stamp <= 0xffffffff) return
    stamps.fill(0)
    stamp = 1
  }

  // Hot: bench/regex measures it.
  function candidates(input: string, sink: Uint32Array, range?: ScanRange): void {
    const to = Math.min(range?.to ?? input.length, input.length)
    const from = Math.max(0, range?.from ?? 0)
    nextStamp()
    sink.set(masks.base)
    let flags = 0
    let state = 0
    for (let at = from; at < to; at++) {
      const unit = input.charCodeAt(at)
      if (unit < 256) flags |= classFlags[unit] ?? 0
      state = table[(state << shift) | (classes[unit & classMask] ?? 0)] ?? 0
      if (state >= firstHit) hit(state - firstHit, sink)
    }
    masks.apply(sink, Math.max(0, to - from), flags)
  }

  return {
    count: needs.length,
    words: plan.words,
    unfiltered: plan.unfiltered,
    stateCount: automaton.stateCount,
    tableBytes:
      table.byteLength + classes.byteLength + starts.byteLength + words.byteLength + bits.byteLength,
    candidates,
  }
}

interface HitMasks {
  readonly starts: Int32Array
  readonly words: Uint16Array
  readonly bits: Uint32Array
}

/** The patterns of all literals that end in a state, as words of the sink and the bits to set there. */
function hitMasks(automaton: Automaton, plan: NeedsPlan): HitMasks {
  const { hitStarts } = automaton
  const starts = new Int32Array(hitStarts.length)
  const words: number[] = []
  const bits: number[] = []
  for (let ending = 0; ending + 1 < hitStarts.length; ending++) {
    const masks = new Map<number, number>()
    for (let i = hitStarts[ending] ?? 0; i < (hitStarts[ending + 1] ?? 0); i++) {
      for (const pattern of plan.patternsOfLiteral[automaton.hits[i] ?? 0] ?? []) {
        masks.set(pattern >> 5, (masks.get(pattern >> 5) ?? 0) | (1 << (pattern & 31)))
      }
    }
    for (const [word, mask] of masks) {
      words.push(word)
      bits.push(mask)
    }
    starts[ending + 1] = words.length
  }
  return { starts, words: Uint16Array.from(words), bits: Uint32Array.from(bits) }
}
