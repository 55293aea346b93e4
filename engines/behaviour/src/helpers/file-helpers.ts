import { buildPrefilter, compileLiterals } from '@sevenfold/literals'
import { compileRegex, RegexError, type Regex } from '@sevenfold/regex'

import { isInNetwork, parseAddress, parseNetwork } from '../address/address.ts'
import { arrayOf, boolType, mapOf, stringType } from '../expr/type.ts'
import { BoundedMemo } from './bounded-memo.ts'

import type { FunctionSpec, KnownArgument } from '../expr/function-spec.ts'
import type { DataFiles, Facilities } from './facilities.ts'

/** Longest value whose result is remembered. */
const maxMemoText = 1_024
/** Values whose result is remembered for each file. */
const maxMemoEntries = 4_096

/** Helpers on data files. Contents are those of the facilities when the expression is compiled. */
export function fileHelpers({ files, log }: Facilities): readonly (readonly [string, FunctionSpec])[] {
  const regexps = new PatternFiles(files, log)
  const tags = new TagFiles(files, log)
  const bots = new BotFiles(files)
  return [
    [
      'File',
      {
        parameters: [stringType],
        result: arrayOf(stringType),
        pure: true,
        constant: true,
        call: (name: string) => files?.lines(name) ?? [],
      },
    ],
    [
      'FileMap',
      {
        parameters: [stringType],
        result: arrayOf(mapOf(stringType)),
        pure: true,
        constant: true,
        call: (name: string) => (files?.map(name) ?? []).map((entry) => new Map(Object.entries(entry))),
      },
    ],
    [
      'RegexpInFile',
      {
        parameters: [stringType, stringType],
        result: boolType,
        pure: true,
        call: (text: string, name: string) => regexps.test(name)(text),
        specialize: byKnownFile((name) => regexps.test(name)),
      },
    ],
    [
      'LookupFile',
      {
        parameters: [stringType, stringType],
        result: stringType,
        pure: true,
        call: (text: string, name: string) => tags.lookup(name)(text),
        specialize: byKnownFile((name) => tags.lookup(name)),
      },
    ],
    [
      'MatchKnownBot',
      {
        parameters: [stringType, stringType, stringType, stringType],
        variadic: true,
        result: boolType,
        pure: true,
        call: (ip: string, agent: string, path: string, ...names: readonly string[]) =>
          bots.matches({ ip, agent, path }, names),
      },
    ],
  ]
}

function byKnownFile(
  made: (name: string) => (text: string) => unknown,
): NonNullable<FunctionSpec['specialize']> {
  return ([, name]: readonly (KnownArgument | undefined)[]) =>
    typeof name?.value === 'string' ? made(name.value) : undefined
}

/** The patterns of a file that may match a text, found in one pass, then tried in turn. */
class PatternList {
  readonly #regexes: readonly Regex[]
  readonly #filter: ReturnType<typeof buildPrefilter>
  readonly #candidates: Uint32Array

  constructor(regexes: readonly Regex[]) {
    this.#regexes = regexes
    this.#filter = buildPrefilter(
      regexes.map((regex) => ({
        minLength: regex.minLength,
        clauses: regex.requiredLiterals,
        bytes: regex.requiredBytes,
      })),
      { mode: 'string' },
    )
    this.#candidates = new Uint32Array(this.#filter.words)
    for (const regex of regexes) regex.forget()
  }

  /** Number of the first pattern that matches; -1 for none. */
  first(text: string): number {
    if (this.#regexes.length === 0) return -1
    this.#filter.candidates(text, this.#candidates)
    for (const [word, bits] of this.#candidates.entries()) {
      for (let left = bits; left !== 0; left &= left - 1) {
        const index = word * 32 + (31 - Math.clz32(left & -left))
        if (this.#regexes[index]?.test(text) === true) return index
      }
    }
    return -1
  }
}

function compiled(pattern: string, log: Facilities['log']): Regex | undefined {
  try {
    return compileRegex(pattern, { mode: 'string' })
  } catch (error) {
    if (!(error instanceof RegexError)) throw error
    log?.(`pattern left out: ${error.message}`)
    return undefined
  }
}

class PatternFiles {
  readonly #files: DataFiles | undefined
  readonly #log: Facilities['log']
  readonly #tests = new Map<string, (text: string) => boolean>()

  constructor(files: DataFiles | undefined, log: Facilities['log']) {
    this.#files = files
    this.#log = log
  }

  test(name: string): (text: string) => boolean {
    let test = this.#tests.get(name)
    if (test === undefined) {
      const regexes = (this.#files?.regexps(name) ?? []).flatMap(
        (pattern) => compiled(pattern, this.#log) ?? [],
      )
      const list = new PatternList(regexes)
      const memo = new BoundedMemo<boolean>(maxMemoEntries, maxMemoText)
      test = (text) => memo.get(text, (one) => list.first(one) >= 0)
      this.#tests.set(name, test)
    }
    return test
  }
}

/** Files of patterns with tags: equal texts first, then those contained, then regexes, as CrowdSec looks them up. */
class TagFiles {
  readonly #files: DataFiles | undefined
  readonly #log: Facilities['log']
  readonly #lookups = new Map<string, (text: string) => string>()

  constructor(files: DataFiles | undefined, log: Facilities['log']) {
    this.#files = files
    this.#log = log
  }

  lookup(name: string): (text: string) => string {
    let lookup = this.#lookups.get(name)
    if (lookup === undefined) {
      lookup = this.#made(name)
      this.#lookups.set(name, lookup)
    }
    return lookup
  }

  #made(name: string): (text: string) => string {
    const entries = this.#files?.map(name) ?? []
    const ofType = (type: string): typeof entries =>
      entries.filter((entry) => (entry['type'] ?? 'contains') === type)
    const equal = new Map<string, string>()
    for (const entry of ofType('equals')) {
      const pattern = entry['pattern'] ?? ''
      if (!equal.has(pattern)) equal.set(pattern, entry['tag'] ?? '')
    }
    const contained = ofType('contains').map((entry) => ({
      pattern: entry['pattern'] ?? '',
      tag: entry['tag'] ?? '',
    }))
    const patterns = ofType('regex').flatMap((entry) => {
      const regex = compiled(entry['pattern'] ?? '', this.#log)
      return regex === undefined ? [] : [{ regex, tag: entry['tag'] ?? '' }]
    })
    const firstContained = firstOf(contained.map(({ pattern }) => pattern))
    const list = new PatternList(patterns.map(({ regex }) => regex))
    const memo = new BoundedMemo<string>(maxMemoEntries, maxMemoText)
    const find = (text: string): string =>
      equal.get(text) ?? contained[firstContained(text)]?.tag ?? patterns[list.first(text)]?.tag ?? ''
    return (text) => memo.get(text, find)
  }
}

/** Which of many texts is the first of the list that another contains, found in one pass; -1 for none. */
function firstOf(wanted: readonly string[]): (text: string) => number {
  const always = wanted.indexOf('')
  const known = always < 0 ? wanted : wanted.slice(0, always)
  if (known.length === 0) return () => always
  const scanner = compileLiterals(known, { mode: 'string' })
  const hits = new Uint32Array(Math.ceil(known.length / 32))
  return (text) => {
    hits.fill(0)
    scanner.scan(text, hits)
    for (const [word, bits] of hits.entries())
      if (bits !== 0) return word * 32 + (31 - Math.clz32(bits & -bits))
    return always
  }
}

interface BotRequest {
  readonly ip: string
  readonly agent: string
  readonly path: string
}

/**
 * Bot definitions: one JSON object a line with `ua`, `path` (patterns) and `ip`, `range` (comma-separated). Reverse names are
 * not asked for: that would need the network.
 */
class BotFiles {
  readonly #files: DataFiles | undefined

  constructor(files: DataFiles | undefined) {
    this.#files = files
  }

  matches({ ip, agent, path }: BotRequest, names: readonly string[]): boolean {
    const address = parseAddress(ip)
    if (address === undefined) return false
    const fits = (pattern: string | undefined, text: string): boolean =>
      pattern === undefined || compiled(pattern, undefined)?.test(text) === true
    return names
      .flatMap((name) => this.#files?.map(name) ?? [])
      .some((bot) => {
        const ranges = (bot['range'] ?? '').split(',').flatMap((range) => parseNetwork(range.trim()) ?? [])
        const known =
          (bot['ip'] ?? '').split(',').some((own) => own.trim() === ip) ||
          ranges.some((range) => isInNetwork(address, range))
        return known && fits(bot['ua'], agent) && fits(bot['path'], path)
      })
  }
}
