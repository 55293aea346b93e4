import { describe, expect, it } from 'vitest'
import { decodeFixes, encodeFixes, fixLimits, fixText, isInForce } from './fix.ts'
import type { Fix } from './fix.ts'

const base = {
  id: 'fix-1',
  request: 'r-1',
  until: '2026-01-02T00:00:00.000Z',
  created: '2026-01-01T00:00:00.000Z',
  actor: 'cli:test',
  reason: 'why',
} as const
const exclusion: Fix = { ...base, kind: 'exclusion', site: 'shop', rule: '1', path: '/a', variable: 'ARGS:q' }
const allow: Fix = { ...base, id: 'fix-2', kind: 'allow', value: '192.0.2.7' }
const removed: Fix = { ...exclusion, variable: null, removed: { at: base.created, actor: 'cli:other' } }

const textOf = (...entries: unknown[]): string => JSON.stringify({ v: 1, entries })

describe('a file of fixes', () => {
  it('is read as it was written', () => {
    const fixes = [exclusion, allow, removed]
    expect(decodeFixes(encodeFixes(fixes))).toEqual(fixes)
    expect(decodeFixes(encodeFixes([]))).toEqual([])
  })

  it('holds up to its limit, and not one more', () => {
    const many = (count: number): string => textOf(...Array.from({ length: count }, () => exclusion))
    expect(decodeFixes(many(fixLimits.entries))).toHaveLength(fixLimits.entries)
    expect(() => decodeFixes(many(fixLimits.entries + 1))).toThrow(/more than 1000 entries|nodes/)
    const reason = 'x'.repeat(fixLimits.textLength)
    expect(decodeFixes(textOf({ ...exclusion, reason }))).toHaveLength(1)
    expect(() => decodeFixes(textOf({ ...exclusion, reason: `${reason}x` }))).toThrow()
  })

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ['no JSON', '{', /./],
    ['no object', '[]', /version/],
    ['another version', '{"v":2,"entries":[]}', /version/],
    ['no list', '{"v":1,"entries":{}}', /no list/],
    ['an entry that is none', textOf(exclusion, 7), /entry 2: it is no object/],
    ['an unknown kind', textOf({ ...exclusion, kind: 'all' }), /entry 1: kind/],
    ['an end that is no time', textOf({ ...exclusion, until: 'soon' }), /entry 1: until is no time/],
    ['a variable that is a number', textOf({ ...exclusion, variable: 1 }), /variable/],
    ['a path that is missing', textOf({ ...exclusion, path: undefined }), /path is no text/],
    ['a range in place of an address', textOf({ ...allow, value: '0.0.0.0/0' }), /value is no address/],
    ['a removal that is a flag', textOf({ ...allow, removed: true }), /removed is no object/],
  ]
  for (const [name, text, message] of wrong) {
    it(`is refused as a whole with ${name}`, () => {
      expect(() => decodeFixes(text)).toThrow(message)
    })
  }
})

describe('a fix', () => {
  it('is in force until its end, unless it was taken back', () => {
    const end = Date.parse(base.until)
    expect([isInForce(exclusion, end - 1), isInForce(exclusion, end), isInForce(removed, end - 1)]).toEqual([
      true,
      false,
      false,
    ])
  })

  it('says in words what it does', () => {
    expect(fixText(exclusion)).toBe('rule 1 leaves ARGS:q of /a on shop alone until 2026-01-02T00:00:00.000Z')
    expect(fixText(removed)).toContain('leaves everything of /a')
    expect(fixText(allow)).toBe('no ban of 192.0.2.7 until 2026-01-02T00:00:00.000Z')
  })
})
