import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { compileRegex } from '../src/compile-regex.ts'
import { RegexError } from '../src/error.ts'
import { compareEngines } from './engines.ts'

import type { RegexErrorCode } from '../src/error.ts'

interface RefusalVector {
  readonly pattern: string
  /** Read as Go does, over strings; else as PCRE does, over bytes. */
  readonly go?: boolean
  readonly code: RegexErrorCode
  readonly offset: number
  /** Part of the message. */
  readonly says: string
}

/** A pattern for one byte, and the bytes that it takes or leaves, as pairs of first and last. */
interface SetVector {
  readonly pattern: string
  readonly bytes?: readonly string[]
  readonly not?: readonly string[]
}

function vectors<T>(name: string): T[] {
  const parsed: T[] = JSON.parse(readFileSync(new URL(`testdata/${name}.json`, import.meta.url), 'utf8'))
  return parsed
}

function refusalOf(pattern: string, go: boolean): RegexError {
  try {
    compileRegex(pattern, go ? { mode: 'string' } : {})
  } catch (error) {
    if (error instanceof RegexError) return error
    throw error
  }
  throw new Error(`${pattern} was compiled`)
}

describe('a pattern that is refused', () => {
  const refusals = vectors<RefusalVector>('refusals')

  it.each(refusals)('$pattern has the offset of what is wrong with it', (vector) => {
    const error = refusalOf(vector.pattern, vector.go === true)
    expect({ code: error.code, offset: error.offset }).toEqual({ code: vector.code, offset: vector.offset })
    expect(error.message).toContain(vector.says)
    expect(error.message).toContain(`at offset ${vector.offset}`)
  })

  it.each(refusals.filter(({ offset }) => offset > 0))('$pattern is whole up to that offset', (vector) => {
    // What stands before the fault is a pattern of its own once its open groups are closed.
    const before = vector.pattern.slice(0, vector.offset)
    const open = before.replaceAll(/\\.|\[\^?\]?[^\]]*\]/g, '').match(/\(/g)?.length ?? 0
    const closed = before.replaceAll(/\\.|\[\^?\]?[^\]]*\]/g, '').match(/\)/g)?.length ?? 0
    const isInside = /\[[^\]]*$|\{[^}]*$|\(\?[^:)>']*$|\|$/.test(before)
    if (isInside) return
    const options = vector.go === true ? ({ mode: 'string' } as const) : {}
    expect(() => compileRegex(before + ')'.repeat(open - closed), options)).not.toThrow()
  })

  it('is refused at the same place behind any harmless text, shifted by its length', () => {
    for (const { pattern, go, code, offset } of refusals) {
      // A quantifier without anything before it has something to repeat then.
      if (/^[*+{]/.test(pattern)) continue
      const error = refusalOf(`ab[c]${pattern}`, go === true)
      expect({ pattern, code: error.code, offset: error.offset }).toEqual({
        pattern,
        code,
        offset: offset + 5,
      })
    }
  })
})

describe('a pattern for one byte', () => {
  const all = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))

  function members(pairs: readonly string[]): Set<string> {
    return new Set(
      pairs.flatMap((pair) => all.filter((byte) => byte >= (pair[0] ?? '') && byte <= (pair[1] ?? ''))),
    )
  }

  it.each(vectors<SetVector>('byte-sets'))('$pattern takes exactly its bytes', ({ pattern, bytes, not }) => {
    const listed = members(bytes ?? not ?? [])
    const expected = all.filter((byte) => listed.has(byte) === (bytes !== undefined))
    // A comment of the extended syntax ends with its line.
    const end = pattern.startsWith('(?x)') ? '\n)' : ')'
    const regex = compileRegex(`\\A(?:${pattern}${end}\\z`)
    expect(all.filter((byte) => regex.test(byte))).toEqual(expected)
    expect(all.filter((byte) => regex.exec(byte)?.end === 1)).toEqual(expected)
  })

  it.each(vectors<SetVector>('byte-sets'))('$pattern is the same to every engine', ({ pattern }) => {
    const { finders } = compareEngines(pattern, { mode: 'bytes' })
    for (const byte of all) {
      const expected = finders.get('pike')?.(byte)
      for (const [name, find] of finders)
        expect({ name, found: find(byte) }).toEqual({ name, found: expected })
    }
  })
})
