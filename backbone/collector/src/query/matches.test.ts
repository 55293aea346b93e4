import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { fields, fieldOf, similarFields } from '../fields/fields.ts'
import { maxIndexedText, readField } from '../fields/read-field.ts'
import { fitsPattern } from './matches.ts'
import type { PatternPart } from './query-node.ts'

const star: PatternPart = { any: 'text' }
const one: PatternPart = { any: 'character' }

describe('patterns', () => {
  it.each([
    ['', [], true],
    ['a', [], false],
    ['abc', ['abc'], true],
    ['abc', ['ab'], false],
    ['abc', ['ab', star], true],
    ['ab', ['ab', star], true],
    ['abc', [star, 'c'], true],
    ['abcabc', [star, 'abc'], true],
    ['abc', [one, one, one], true],
    ['abc', [one, one], false],
    ['a😀c', ['a', one, 'c'], true],
    ['axbyb', ['a', star, 'b', star, 'b'], true],
    ['axb', ['a', star, 'b', star, 'b'], false],
    ['', [star, star], true],
  ] as const)('%j against %j: %s', (text, parts, expected) => {
    expect(fitsPattern(text, parts)).toBe(expected)
  })

  it('mean the same as a regular expression', () => {
    const part = fc.oneof(fc.constantFrom('a', 'b', 'ab'), fc.constantFrom(star, one))
    fc.assert(
      fc.property(fc.stringMatching(/^[ab]{0,12}$/), fc.array(part, { maxLength: 6 }), (text, parts) => {
        const source = parts.map((p) => (typeof p === 'string' ? p : p.any === 'text' ? '.*' : '.')).join('')
        expect(fitsPattern(text, parts)).toBe(new RegExp(`^(?:${source})$`, 'su').test(text))
      }),
      { numRuns: Number(process.env['FC_RUNS'] ?? 500) },
    )
  })

  it('of many stars end soon on text that does not fit', () => {
    const parts = Array.from({ length: 30 }, () => [star, 'a'] as PatternPart[]).flat()
    expect(fitsPattern('a'.repeat(29) + 'b'.repeat(2000), parts)).toBe(false)
  })
})

describe('fields', () => {
  it('have names, columns and short names of their own', () => {
    expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length)
    expect(new Set(fields.map(({ column }) => column)).size).toBe(fields.length)
    for (const { column } of fields) expect(column).toMatch(/^[a-z_]+$/u)
    expect(fieldOf('IP')?.name).toBe('source.ip')
    expect(fieldOf('source.ip')?.column).toBe('source_ip')
    expect(fieldOf('constructor')).toBeUndefined()
    expect(similarFields('agent')).toEqual(['agent.id', 'user_agent.original'])
  })

  it('are read with their type or not at all', () => {
    const field = (name: string) => fieldOf(name) ?? fields[0]
    const read = (event: unknown, name: string) => {
      const found = field(name)
      return found === undefined ? undefined : readField(event, found)
    }
    expect(read({ source: { ip: 'x' } }, 'ip')).toBe('x')
    expect(read({ source: { ip: 7 } }, 'ip')).toBeUndefined()
    expect(read({ source: 'x' }, 'ip')).toBeUndefined()
    expect(read(null, 'ip')).toBeUndefined()
    expect(read({ http: { response: { status_code: 404 } } }, 'status')).toBe(404)
    expect(read({ event: { category: 'web' } }, 'event.category')).toEqual(['web'])
    expect(read({ event: { category: ['web', 7] } }, 'event.category')).toEqual(['web'])
    expect(read({ event: { category: [] } }, 'event.category')).toBeUndefined()
    expect(read({ message: 'm'.repeat(maxIndexedText + 1) }, 'message')).toHaveLength(maxIndexedText)
  })
})
