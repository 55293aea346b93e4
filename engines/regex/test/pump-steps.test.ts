import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { compileRegex } from '../src/compile-regex.ts'
import { parsePattern } from '../src/syntax/parse-pattern.ts'
import { defaultLimits } from '../src/limits.ts'
import { sampleMatch, seededRandom } from './sample-match.ts'

import type { Regex, RegexOptions } from '../src/regex.ts'
import type { RegexNode } from '../src/syntax/node.ts'

/** Patterns by the construct that makes them hard for engines that go back. */
const groups: Record<string, readonly string[]> = JSON.parse(
  readFileSync(new URL('testdata/pumped-patterns.json', import.meta.url), 'utf8'),
)
const patterns = Object.entries(groups).flatMap(([name, list]) => list.map((pattern) => ({ name, pattern })))

const flags = { ignoreCase: false, dotAll: false, multiline: false, ungreedy: false, extended: false }

function nodeOf(pattern: string): RegexNode {
  const syntax = { mode: 'bytes', dialect: 'pcre', dollar: 'end', limits: defaultLimits } as const
  return parsePattern(pattern, syntax, flags).node
}

/** Every repeat of a pattern that has no upper end, and so can be pumped. */
function openRepeats(node: RegexNode): readonly RegexNode[] {
  switch (node.kind) {
    case 'repeat': {
      const inner = openRepeats(node.node)
      return node.max > 50 ? [node.node, ...inner] : inner
    }
    case 'capture':
    case 'atomic':
      return openRepeats(node.node)
    case 'concat':
    case 'alternate':
      return node.nodes.flatMap(openRepeats)
    case 'empty':
    case 'set':
    case 'assert':
      return []
  }
}

/**
 * Texts to pump, made from the pattern itself: what its open repeats go round on, parts of its matches, and bytes that
 * are in none; behind them an end that lets a match fail at the last moment.
 */
function pumpsOf(pattern: string): readonly string[] {
  const node = nodeOf(pattern)
  const random = seededRandom(pattern.length)
  const rounds = openRepeats(node).flatMap((inner) => [0, 1, 2].map(() => sampleMatch(inner, random)))
  const whole = [0, 1, 2].map(() => sampleMatch(node, random).slice(0, 40))
  const parts = whole.flatMap((text) => [text.slice(0, -1), text.slice(1), text.slice(0, 1), text.slice(-1)])
  return [...new Set([...rounds, ...whole, ...parts, '\n', ' '])].filter((text) => text !== '').slice(0, 14)
}

function pumped(piece: string, length: number, end: string): string {
  return piece.repeat(Math.ceil(length / piece.length)).slice(0, length) + end
}

/** Steps of the dearest way to ask; asked twice, so that automata are built. */
function stepsOf(regex: Regex, input: string): number {
  const ways = [() => regex.test(input), () => regex.exec(input), () => regex.captures(input)]
  return Math.max(
    ...ways.map((ask) => {
      ask()
      ask()
      return regex.lastSteps
    }),
  )
}

/** A program of many states may visit each of them for a byte; what counts is that the size of the input adds no more. */
const stepsPerByte = 40

describe('work, counted in steps', { timeout: 120_000 }, () => {
  it.each(patterns)('is linear in what is pumped from $pattern ($name)', ({ pattern }) => {
    const options: RegexOptions = { engine: 'linear' }
    const regex = compileRegex(pattern, options)
    for (const piece of pumpsOf(pattern)) {
      for (const end of ['', '\0', '!']) {
        const [short, long] = [512, 2048].map((size) => stepsOf(regex, pumped(piece, size, end)))
        const what = `${JSON.stringify(piece)} and ${JSON.stringify(end)}`
        // Four times the input: at most four times the work, and what it costs to begin.
        expect(long, what).toBeLessThanOrEqual(4.2 * (short ?? 0) + 4096)
        expect(long, what).toBeLessThanOrEqual(stepsPerByte * 2048)
      }
    }
  })

  it.each(patterns)('is charged for with a cache too small for the automaton of $pattern', ({ pattern }) => {
    const regex = compileRegex(pattern, { engine: 'linear', limits: { maxCacheBytes: 4096 } })
    const roomy = compileRegex(pattern, { engine: 'linear' })
    for (const piece of pumpsOf(pattern).slice(0, 6)) {
      const input = pumped(piece, 1024, '!')
      expect(regex.exec(input)).toEqual(roomy.exec(input))
      expect(regex.lastSteps).toBeGreaterThanOrEqual(1)
      // States are built anew for each byte at worst: as many as the pattern has instructions.
      const [half, whole] = [512, 1024].map((size) => {
        regex.exec(pumped(piece, size, '!'))
        return regex.lastSteps
      })
      expect(whole, JSON.stringify(piece)).toBeLessThanOrEqual(2.5 * (half ?? 0) + 8192)
    }
  })

  it.each(patterns)('is no more where V8 is used for $pattern', ({ pattern }) => {
    // Patterns that are not proven safe stay with the linear engine; the proven ones must be linear in V8, too.
    const regex = compileRegex(pattern)
    for (const piece of pumpsOf(pattern).slice(0, 6)) {
      for (let round = 0; round < 20; round++) regex.exec('warm up')
      const input = pumped(piece, 2048, '!')
      regex.exec(input)
      expect(regex.lastSteps, `${regex.engine}, ${JSON.stringify(piece)}`).toBeLessThanOrEqual(
        stepsPerByte * 2048,
      )
    }
  })
})

describe('steps', () => {
  it('are at least the length of an input that has to be read to its end', () => {
    for (const length of [0, 1, 2, 100, 5000]) {
      const regex = compileRegex('[^a]b\\z', { engine: 'linear' })
      regex.test('a'.repeat(length))
      expect(regex.lastSteps).toBeGreaterThanOrEqual(length < 2 ? 1 : Math.min(length, 100))
      regex.test('ab'.repeat(length))
      expect(regex.lastSteps).toBeGreaterThanOrEqual(1)
    }
  })

  it('are one for an input shorter than any match, whatever is asked', () => {
    const regex = compileRegex('a{10}')
    for (const ask of [() => regex.test('aaa'), () => regex.exec('aaa'), () => regex.captures('aaa')]) {
      ask()
      expect(regex.lastSteps).toBe(1)
    }
    regex.exec('aaaaaaaaaaaa', 5)
    expect(regex.lastSteps).toBe(1)
  })

  it('stay about the same from call to call, whichever automaton serves', () => {
    const regex = compileRegex('(\\w+)\\s+(\\d{1,3})(?:,|;)$', { engine: 'linear' })
    const input = 'word 12 word 345; '.repeat(50)
    regex.exec(input)
    regex.exec(input)
    const settled = regex.lastSteps
    for (let call = 0; call < 10; call++) {
      regex.exec(input)
      expect(regex.lastSteps).toBeLessThanOrEqual(1.5 * settled)
    }
  })
})
