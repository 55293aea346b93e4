import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { compileRegex } from '../src/compile-regex.ts'
import { RegexError } from '../src/error.ts'

import type { Regex, RegexOptions } from '../src/regex.ts'

const runs = { numRuns: Number(process.env['SEVENFOLD_FUZZ_RUNS'] ?? 500), verbose: 1 } as const

const byte = fc.nat(255).map((code) => String.fromCharCode(code))
const bytes = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(byte, { maxLength }).map((list) => list.join(''))
const small = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\r', '\n', ' '), maxLength: 12 })
const texts = fc.array(small, { minLength: 1, maxLength: 5 })

function spanOf(regex: Regex, input: string, from = 0): readonly [number, number] | null {
  const found = regex.exec(input, from)
  return found === null ? null : [found.index, found.end]
}

function v8Span(regex: RegExp, input: string): readonly [number, number] | null {
  const found = regex.exec(input)
  return found === null ? null : [found.index, found.index + found[0].length]
}

/** A pattern of the parts below for V8, whose dot leaves out more than the newline. */
function v8Of(pattern: string): RegExp {
  return new RegExp(pattern.replaceAll('.', '[^\\n]'))
}

/** Undefined where the pattern is refused as not regular: that is an answer, too, but not one to compare. */
function accepted(pattern: string, options: RegexOptions = {}): Regex | undefined {
  try {
    return compileRegex(pattern, options)
  } catch (error) {
    if (error instanceof RegexError && error.code === 'REGEX_UNSUPPORTED') return undefined
    throw error
  }
}

// Simple parts without groups: V8 counts groups, and emulations below add their own.
const atom = fc.constantFrom('a', 'b', 'c', '[ab]', '[^a]', '.', 'ab', '(?:a|b)', '(?:ab|a)', '\\s')
const part = fc.tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{1,2}')).map(([one, repeat]) => {
  return repeat === '' ? one : `(?:${one})${repeat}`
})
const sequence = fc.array(part, { minLength: 1, maxLength: 3 }).map((list) => list.join(''))
const choice = fc.array(sequence, { minLength: 1, maxLength: 2 }).map((list) => list.join('|'))

describe('atomic groups, against V8 with a lookahead that is taken as found', () => {
  it('mean the same wherever they are accepted', () => {
    let compared = 0
    fc.assert(
      fc.property(sequence, choice, sequence, texts, (before, inner, behind, inputs) => {
        const regex = accepted(`${before}(?>${inner})${behind}`)
        if (regex === undefined) return
        compared += 1
        // What V8 finds ahead it does not look for again: that is what atomic means.
        const judge = v8Of(`${before}(?=(${inner}))\\1${behind}`)
        for (const input of inputs) expect(spanOf(regex, input)).toEqual(v8Span(judge, input))
      }),
      { ...runs, numRuns: runs.numRuns * 2 },
    )
    expect(compared).toBeGreaterThan(runs.numRuns / 20)
  })

  it('written as possessive repeats mean the same wherever they are accepted', () => {
    fc.assert(
      fc.property(
        sequence,
        atom,
        fc.constantFrom('*', '+', '?', '{1,2}'),
        sequence,
        texts,
        (before, one, repeat, behind, inputs) => {
          const regex = accepted(`${before}(?:${one})${repeat}+${behind}`)
          if (regex === undefined) return
          const judge = v8Of(`${before}(?=((?:${one})${repeat}))\\1${behind}`)
          for (const input of inputs) expect(spanOf(regex, input)).toEqual(v8Span(judge, input))
        },
      ),
      runs,
    )
  })

  it('are refused with their place, and never read as something else', () => {
    fc.assert(
      fc.property(sequence, choice, sequence, (before, inner, behind) => {
        const pattern = `${before}(?>${inner})${behind}`
        try {
          compileRegex(pattern)
        } catch (error) {
          expect(error).toMatchObject({ code: 'REGEX_UNSUPPORTED', offset: before.length })
        }
      }),
      runs,
    )
  })
})

describe('ends of lines and of the input, against V8 with the condition written out', () => {
  it.each([
    ['\\Z', '(?=\\n?$(?![^]))', {}],
    ['$', '(?=\\n?$(?![^]))', { dollar: 'final-newline' }],
    ['$', '$(?![^])', {}],
    ['\\z', '$(?![^])', { multiline: true }],
    ['\\A', '(?<![^])', { multiline: true }],
    ['^', '(?<![^\\n])', { multiline: true }],
    ['$', '(?![^\\n])', { multiline: true }],
  ] as const)('%s is %s', (written, plain, options) => {
    fc.assert(
      fc.property(sequence, sequence, texts, (before, behind, inputs) => {
        for (const [ours, theirs] of [
          [`(?:${before})${written}`, `(?:${before})${plain}`],
          [`${written}(?:${behind})`, `${plain}(?:${behind})`],
          [`(?:${before})${written}(?:${behind})`, `(?:${before})${plain}(?:${behind})`],
        ] as const) {
          const regex = compileRegex(ours, { ...options, dotAll: false })
          const judge = v8Of(theirs)
          for (const input of inputs) expect(spanOf(regex, input)).toEqual(v8Span(judge, input))
        }
      }),
      runs,
    )
  })

  it('\\R takes a CR LF as one, and does not give it back', () => {
    const judge = (behind: string): RegExp => new RegExp(`a(?=(\\r\\n|[\\n\\v\\f\\r\\x85]))\\1${behind}`)
    fc.assert(
      fc.property(fc.constantFrom('b', '[a-c]', 'b?c', ''), texts, (behind, inputs) => {
        const regex = accepted(`a\\R${behind}`)
        expect(regex).toBeDefined()
        for (const input of inputs)
          expect(regex === undefined ? null : spanOf(regex, input)).toEqual(v8Span(judge(behind), input))
      }),
      runs,
    )
  })
})

describe('ways to write the same', () => {
  it('a quotation is its text, whatever the bytes', () => {
    fc.assert(
      fc.property(bytes(12), bytes(4), (text, around) => {
        const quoted = text.replaceAll('\\E', '')
        if (quoted.endsWith('\\')) return
        const regex = compileRegex(`\\Q${quoted}\\E`)
        const input = `${around}${quoted}${around}`
        expect(spanOf(regex, input)).toEqual([input.indexOf(quoted), input.indexOf(quoted) + quoted.length])
        expect(compileRegex(`\\A\\Q${quoted}\\E\\z`).test(quoted)).toBe(true)
        expect(compileRegex(`\\A\\Q${quoted}\\E\\z`).test(`${quoted}x`)).toBe(false)
      }),
      runs,
    )
  })

  it('a byte is the same by its number in hexadecimal and octal, and in a class', () => {
    for (let code = 0; code < 256; code++) {
      const hex = code.toString(16).padStart(2, '0')
      const octal = code.toString(8).padStart(3, '0')
      for (const pattern of [
        `\\x${hex}`,
        `\\x{${hex}}`,
        `\\${octal}`,
        `\\o{${octal}}`,
        `[\\x${hex}]`,
        `[\\x{00${hex}}]`,
      ]) {
        const regex = compileRegex(`\\A${pattern}\\z`)
        const taken = Array.from({ length: 256 }, (_, other) => other).filter((other) =>
          regex.test(String.fromCharCode(other)),
        )
        expect({ pattern, taken }).toEqual({ pattern, taken: [code] })
      }
    }
  })

  it('a sign behind a backslash is itself', () => {
    for (let code = 0x20; code < 0x7f; code++) {
      const sign = String.fromCharCode(code)
      if (/[0-9A-Za-z]/.test(sign)) continue
      for (const [pattern, mode] of [
        [`\\${sign}`, 'bytes'],
        [`[\\${sign}]`, 'bytes'],
        [`\\${sign}`, 'string'],
      ] as const) {
        const regex = compileRegex(`\\A${pattern}\\z`, { mode })
        expect({ pattern, found: regex.test(sign) }).toEqual({ pattern, found: true })
        expect(regex.test(sign === 'a' ? 'b' : 'a')).toBe(false)
      }
    }
  })

  it('white space and comments of the extended syntax mean nothing between parts', () => {
    const blank = fc.constantFrom('', ' ', '\t', '\n', ' # a) comment [\n', '  \r\n')
    fc.assert(
      fc.property(fc.array(fc.tuple(part, blank), { minLength: 1, maxLength: 4 }), texts, (parts, inputs) => {
        const spaced = compileRegex(`(?x)${parts.map(([one, gap]) => `${gap}${one}${gap}`).join('')}`)
        const plain = compileRegex(parts.map(([one]) => one).join(''))
        for (const input of inputs) expect(spanOf(spaced, input)).toEqual(spanOf(plain, input))
      }),
      runs,
    )
  })

  it('a comment group means nothing anywhere', () => {
    fc.assert(
      fc.property(sequence, sequence, texts, (one, two, inputs) => {
        const commented = compileRegex(`(?#first)${one}(?#a [ * {2} )${two}(?#)`)
        const plain = compileRegex(`${one}${two}`)
        for (const input of inputs) expect(spanOf(commented, input)).toEqual(spanOf(plain, input))
      }),
      runs,
    )
  })

  it('(?U) turns greedy into lazy and back', () => {
    const repeat = fc.constantFrom('*', '+', '?', '{1,2}', '{0,3}')
    fc.assert(
      fc.property(atom, repeat, fc.boolean(), sequence, texts, (one, count, lazy, behind, inputs) => {
        const turned = compileRegex(`(?U)(?:${one})${count}${lazy ? '?' : ''}(?-U)${behind}`)
        const plain = compileRegex(`(?:${one})${count}${lazy ? '' : '?'}${behind}`)
        for (const input of inputs) expect(spanOf(turned, input)).toEqual(spanOf(plain, input))
      }),
      runs,
    )
  })

  it('flags given as options are those written in front', () => {
    fc.assert(
      fc.property(
        choice,
        fc.record({ ignoreCase: fc.boolean(), dotAll: fc.boolean(), multiline: fc.boolean() }),
        texts,
        (pattern, flags, inputs) => {
          const letters = [
            flags.ignoreCase ? 'i' : '',
            flags.dotAll ? 's' : '',
            flags.multiline ? 'm' : '',
          ].join('')
          const written = compileRegex(letters === '' ? pattern : `(?${letters})${pattern}`)
          const given = compileRegex(pattern, flags)
          for (const input of inputs) {
            expect(spanOf(given, input)).toEqual(spanOf(written, input))
            expect(spanOf(given, input.toUpperCase())).toEqual(spanOf(written, input.toUpperCase()))
          }
        },
      ),
      runs,
    )
  })

  it('without case is with case over lower-case letters', () => {
    fc.assert(
      fc.property(
        choice,
        fc.array(fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'B', 'C', 'c', '\n'), maxLength: 10 }), {
          maxLength: 5,
        }),
        (pattern, inputs) => {
          // Of these parts only letters are folded; [^a] is the one that takes capital letters by itself.
          if (pattern.includes('^')) return
          const folding = compileRegex(pattern, { ignoreCase: true })
          const plain = compileRegex(pattern)
          for (const input of inputs)
            expect(spanOf(folding, input)).toEqual(spanOf(plain, input.toLowerCase()))
        },
      ),
      runs,
    )
  })

  it('groups that are named, numbered or neither find the same', () => {
    fc.assert(
      fc.property(choice, sequence, texts, (inner, behind, inputs) => {
        const forms = [`(${inner})`, `(?<n>${inner})`, `(?P<n>${inner})`, `(?'n'${inner})`].map((group) =>
          compileRegex(`${group}${behind}`),
        )
        const plain = compileRegex(`(?:${inner})${behind}`)
        for (const input of inputs) {
          const [first, ...others] = forms.map((regex) => regex.match(input))
          for (const other of others) expect(other).toEqual(first)
          expect(first?.[0]).toEqual(plain.match(input)?.[0])
        }
      }),
      runs,
    )
  })
})

describe('matches one after the other', () => {
  it('are those of V8 with the flag g', () => {
    fc.assert(
      fc.property(sequence, small, (pattern, input) => {
        const regex = compileRegex(pattern, { dotAll: true })
        const found: (readonly [number, number])[] = []
        for (let from = 0; from <= input.length;) {
          const next = spanOf(regex, input, from)
          if (next === null) break
          found.push(next)
          from = next[1] > next[0] ? next[1] : next[1] + 1
        }
        const judge = [...input.matchAll(new RegExp(pattern, 'gs'))].map(
          (match) => [match.index, match.index + match[0].length] as const,
        )
        expect(found).toEqual(judge)
      }),
      runs,
    )
  })
})

describe('an array of captures that is used again', () => {
  it('is the same one, with what the last call found, and exec has its own', () => {
    const regex = compileRegex('(a)|(b)')
    const first = regex.captures('a')
    const kept = regex.exec('a')?.captures
    expect([...(first ?? [])]).toEqual([0, 1, 0, 1, -1, -1])
    const second = regex.captures('xb')
    expect(second).toBe(first)
    expect([...(second ?? [])]).toEqual([1, 2, -1, -1, 1, 2])
    expect([...(kept ?? [])]).toEqual([0, 1, 0, 1, -1, -1])
    expect(regex.captures('x')).toBeNull()
  })
})
